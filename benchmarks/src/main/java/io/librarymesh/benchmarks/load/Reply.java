package io.librarymesh.benchmarks.load;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
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

  private static final int VERSION_INFO = 1;
  private static final int RESOURCES = 2;
  private static final int TYPE_URL = 4;
  private static final int NONCE = 5;
  private static final int REMOVED_RESOURCES = 6;
  private static final int RESOURCE_VERSION = 1;
  private static final int RESOURCE_NAME = 3;

  /**
   * Reads a response of either variant, whose fields have the same numbers.
   *
   * @param remembers whether name and version of each resource of an incremental response are read
   */
  static Reply read(InputStream stream, boolean remembers) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(stream, 1 << 16);
    in.setSizeLimit(Integer.MAX_VALUE);
    String typeUrl = "";
    String nonce = "";
    String version = "";
    int resources = 0;
    int removed = 0;
    Map<String, String> versions = remembers ? new HashMap<>() : Map.of();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case VERSION_INFO -> version = in.readString();
        case TYPE_URL -> typeUrl = in.readString();
        case NONCE -> nonce = in.readString();
        case RESOURCES -> {
          resources++;
          if (remembers) {
            readResource(in, versions);
          } else {
            in.skipField(tag);
          }
        }
        case REMOVED_RESOURCES -> {
          removed++;
          in.skipField(tag);
        }
        default -> in.skipField(tag);
      }
    }
    return new Reply(typeUrl, nonce, version, resources, removed, in.getTotalBytesRead(), versions);
  }

  private static void readResource(CodedInputStream in, Map<String, String> versions)
      throws IOException {
    int end = in.pushLimit(in.readRawVarint32());
    String name = "";
    String version = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case RESOURCE_NAME -> name = in.readString();
        case RESOURCE_VERSION -> version = in.readString();
        default -> in.skipField(tag);
      }
    }
    in.popLimit(end);
    versions.put(name, version);
  }
}
