package io.librarymesh.testkit.hostile;

import io.librarymesh.authz.InboundEngine;
import io.librarymesh.authz.InboundVerdict;
import io.librarymesh.authz.JwksSource;
import io.librarymesh.config.ClientAddress;
import io.librarymesh.config.InboundFilter.Rbac;
import io.librarymesh.config.InboundPolicy;
import io.librarymesh.config.PathNormalization;
import io.librarymesh.config.PathNormalization.EscapedSlashes;
import io.librarymesh.config.RbacCondition;
import io.librarymesh.config.RbacPolicy;
import io.librarymesh.config.RbacRules;
import io.librarymesh.config.StringMatch;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A DENY of {@code /admin} and all below it holds, however the path is written, for what the rules
 * let on and for what a servlet container makes of what came. What is let on is never longer, and
 * is judged the same way when it comes again.
 */
public final class PathFuzz {
  private static final List<InboundEngine> ENGINES =
      List.of(
          engine(InboundPolicy.BASE),
          engine(new PathNormalization(true, true, EscapedSlashes.KEEP_UNCHANGED)),
          engine(new PathNormalization(true, true, EscapedSlashes.UNESCAPE_AND_FORWARD)));

  private PathFuzz() {}

  private static InboundEngine engine(PathNormalization paths) {
    RbacCondition admin =
        new RbacCondition.Some(
            List.of(
                new RbacCondition.Path(new StringMatch.Exact("/admin", false)),
                new RbacCondition.Path(new StringMatch.Prefix("/admin/", false))));
    RbacPolicy policy = new RbacPolicy("admin", admin, RbacCondition.ALWAYS);
    Rbac deny = Rbac.of(new RbacRules(RbacRules.Action.DENY, List.of(policy)));
    return InboundEngine.compile(
        new InboundPolicy(paths, ClientAddress.FORWARDED, List.of(deny)), JwksSource.NONE, () -> 0);
  }

  /** The bytes as they stand in the first line of a request. */
  public static void fuzzerTestOneInput(byte[] input) {
    String path = new String(input, StandardCharsets.ISO_8859_1);
    ENGINES.forEach(engine -> check(engine, path));
  }

  private static void check(InboundEngine engine, String path) {
    InboundVerdict verdict = judge(engine, path, dispatched(path));
    if (verdict instanceof InboundVerdict.Denied denied) {
      require(path, denied.status() == 403 || denied.status() == 400, "status " + denied.status());
      return;
    }
    String let = ((InboundVerdict.Allowed) verdict).path();
    require(path, let.length() <= path.length(), "grew to " + let);
    require(path, !isAdmin(withoutQuery(let)), "let on as " + let);
    require(path, !isAdmin(String.valueOf(dispatched(path))), "a container answers as /admin");
    require(
        path,
        judge(engine, let, null) instanceof InboundVerdict.Allowed again
            && again.path().equals(let),
        "not the same when it comes again as " + let);
  }

  private static InboundVerdict judge(
      InboundEngine engine, String path, @Nullable String dispatched) {
    return engine.decide(new HostileRequest(path, dispatched, Map.of()));
  }

  private static void require(String path, boolean good, String what) {
    if (!good) {
      throw new AssertionError(path + ": " + what);
    }
  }

  private static boolean isAdmin(String path) {
    return path.equals("/admin") || path.startsWith("/admin/");
  }

  private static String withoutQuery(String path) {
    int end = path.indexOf('?');
    return end < 0 ? path : path.substring(0, end);
  }

  /**
   * As Tomcat finds a servlet: parameters of segments cut off, decoded, slashes merged, dots
   * resolved. Null when it answers 400 by itself, where the rules get the path alone.
   */
  static @Nullable String dispatched(String path) {
    String raw = withoutQuery(path);
    if (!raw.startsWith("/")
        || raw.indexOf('\\') >= 0
        || raw.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      return null;
    }
    String decoded = decoded(raw.replaceAll(";[^/]*", ""));
    if (decoded == null) {
      return null;
    }
    List<String> segments = new ArrayList<>();
    for (String segment : decoded.replaceAll("/+", "/").substring(1).split("/", -1)) {
      if (segment.equals("..")) {
        if (segments.isEmpty()) {
          return null;
        }
        segments.remove(segments.size() - 1);
      } else if (!segment.equals(".")) {
        segments.add(segment);
      }
    }
    return "/" + String.join("/", segments);
  }

  private static @Nullable String decoded(String path) {
    ByteBuffer bytes = ByteBuffer.allocate(path.length());
    for (int at = 0; at < path.length(); at++) {
      int value = path.charAt(at);
      if (value == '%') {
        if (at + 3 > path.length() || !path.substring(at + 1, at + 3).matches("[0-9A-Fa-f]{2}")) {
          return null;
        }
        value = HexFormat.fromHexDigits(path, at + 1, at + 3);
        at += 2;
        if (value == 0 || value == '/' || value == '\\') {
          return null;
        }
      }
      bytes.put((byte) value);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
