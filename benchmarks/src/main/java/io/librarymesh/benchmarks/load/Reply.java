package io.librarymesh.benchmarks.load;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Map;

/**
 * Of a response what a client needs that looks at no resource.
 *
 * @param typeUrl the type
 * @param nonce to be acknowledged
 * @param version of a state-of-the-world response; else empty
 * @param resources how many it holds
 * @param removed how many are gone
 * @param bytes its size
 * @param versions of its resources by name, where that was asked for
 */
record Reply(
    String typeUrl,
    String nonce,
    String version,
    int resources,
    int removed,
    long bytes,
    Map<String, String> versions) {

  private static final int RESOURCE_VERSION = 1;
  private static final int RESOURCE_NAME = 3;

  /** Takes note of name and version of a resource of an incremental response. */
  static void readResource(byte[] resource, Map<String, String> versions) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(resource);
    String name = "";
    String version = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case RESOURCE_NAME -> name = in.readString();
        case RESOURCE_VERSION -> version = in.readString();
        default -> in.skipField(tag);
      }
    }
    versions.put(name, version);
  }
}
