package io.librarymesh.controlplane.serve;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.librarymesh.controlplane.serve.ClientStream.Variant;
import io.librarymesh.controlplane.serve.Outgoing.Response;
import io.librarymesh.controlplane.translate.Absence;
import io.librarymesh.proto.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.DiscoveryResponse;
import io.librarymesh.proto.envoy.service.discovery.v3.ResourceError;
import io.librarymesh.proto.envoy.service.discovery.v3.ResourceName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response on its way, in the bytes that its resources have already: all that it costs for each
 * of them is one copy into the transport's buffers.
 */
final class ResponseBytes {

  /** Writes responses; nobody reads them here. */
  static final MethodDescriptor.Marshaller<ResponseBytes> MARSHALLER =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(ResponseBytes response) {
          return new Content(response);
        }

        @Override
        public ResponseBytes parse(InputStream stream) {
          throw new UnsupportedOperationException("responses are only written");
        }
      };

  private final Variant variant;
  private final List<EncodedResource> resources;
  private final ByteString rest;
  private final int size;

  private ResponseBytes(Variant variant, List<EncodedResource> resources, ByteString rest) {
    this.variant = variant;
    this.resources = resources;
    this.rest = rest;
    int bytes = rest.size();
    for (EncodedResource resource : resources) {
      bytes += resource.size(variant);
    }
    this.size = bytes;
  }

  /** A response of a variant; what is removed is what is missing where there is no list of it. */
  static ResponseBytes of(Response response, Variant variant) {
    return new ResponseBytes(
        variant,
        response.resources(),
        variant == Variant.INCREMENTAL ? incremental(response) : stateOfTheWorld(response));
  }

  private static ByteString incremental(Response response) {
    DeltaDiscoveryResponse.Builder rest =
        DeltaDiscoveryResponse.newBuilder()
            .setTypeUrl(response.type().typeUrl())
            .setNonce(response.nonce())
            .addAllRemovedResources(response.removed());
    response.absences().forEach((name, why) -> rest.addResourceErrors(error(name, why)));
    return rest.build().toByteString();
  }

  private static ByteString stateOfTheWorld(Response response) {
    DiscoveryResponse.Builder rest =
        DiscoveryResponse.newBuilder()
            .setTypeUrl(response.type().typeUrl())
            .setNonce(response.nonce())
            .setVersionInfo(EncodedResource.versionOf(response.resources()));
    response.absences().forEach((name, why) -> rest.addResourceErrors(error(name, why)));
    return rest.build().toByteString();
  }

  private static ResourceError error(String name, Absence absence) {
    Code code = absence.kind() == Absence.Kind.NOT_FOUND ? Code.NOT_FOUND : Code.PERMISSION_DENIED;
    return ResourceError.newBuilder()
        .setResourceName(ResourceName.newBuilder().setName(name))
        .setErrorDetail(
            com.google.rpc.Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(absence.reason()))
        .build();
  }

  int size() {
    return size;
  }

  /** Fields may stand in any order, so the bytes of messages may stand one after the other. */
  private void writeTo(OutputStream target) throws IOException {
    for (EncodedResource resource : resources) {
      resource.writeTo(target, variant);
    }
    rest.writeTo(target);
  }

  /** What gRPC asks for: a stream, of which its transports take the bytes at once. */
  private static final class Content extends InputStream implements Drainable, KnownLength {

    private final ResponseBytes response;
    private @Nullable InputStream copy;
    private boolean drained;

    Content(ResponseBytes response) {
      this.response = response;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      response.writeTo(target);
      drained = true;
      return response.size;
    }

    @Override
    public int available() throws IOException {
      if (drained) {
        return 0;
      }
      return copy == null ? response.size : copy.available();
    }

    /** The transport inside a process reads. */
    private InputStream copy() throws IOException {
      InputStream made = copy;
      if (made == null) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(response.size);
        response.writeTo(bytes);
        made = new ByteArrayInputStream(bytes.toByteArray());
        copy = made;
      }
      return made;
    }

    @Override
    public int read() throws IOException {
      return copy().read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      return copy().read(into, offset, length);
    }
  }
}
