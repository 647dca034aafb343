package io.librarymesh.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.librarymesh.config.HashPolicy.CookieAttribute;
import io.librarymesh.config.StatefulSession;
import io.librarymesh.proto.envoy.config.route.v3.RouteAction.HashPolicy;
import io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import io.librarymesh.proto.envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState;
import io.librarymesh.proto.envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState;
import io.librarymesh.proto.envoy.type.http.v3.Cookie;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads how calls stay with the host of their session. Source: Envoy {@code
 * filters.http.stateful_session.v3}.
 */
final class SessionReader {
  /** The filter's usual name. */
  static final String FILTER_NAME = "envoy.filters.http.stateful_session";

  /** {@code Cookie.attributes}. */
  private static final int ATTRIBUTES = 4;

  private static final long NANOS_OF_SECOND = 1_000_000_000L;

  private SessionReader() {}

  static StatefulSession read(StatefulSessionPerRoute message, FieldPath at, Findings findings) {
    FieldUse.report(message, at, findings);
    return switch (message.getOverrideCase()) {
      case DISABLED -> {
        if (!message.getDisabled()) {
          findings.error(at.field("disabled"), "false (expected: true)");
        }
        yield StatefulSession.NONE;
      }
      case STATEFUL_SESSION ->
          state(message.getStatefulSession(), at.field("stateful_session"), findings);
      case OVERRIDE_NOT_SET -> {
        findings.error(at, "nothing set (expected: disabled or stateful_session)");
        yield StatefulSession.NONE;
      }
    };
  }

  /** Without a state it is there for routes to configure. */
  static StatefulSession read(
      io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSession
          message,
      FieldPath at,
      Findings findings) {
    FieldUse.report(message, at, findings);
    return state(message, at, findings);
  }

  private static StatefulSession state(
      io.librarymesh.proto.envoy.extensions.filters.http.stateful_session.v3.StatefulSession
          message,
      FieldPath at,
      Findings findings) {
    if (!message.hasSessionState()) {
      return StatefulSession.NONE;
    }
    Any config = message.getSessionState().getTypedConfig();
    FieldPath place = at.field("session_state").field("typed_config");
    Optional<? extends StatefulSession.State> state = Optional.empty();
    if (config.is(CookieBasedSessionState.class)) {
      state =
          AnyReader.unpack(config, CookieBasedSessionState.class, place, findings)
              .flatMap(cookie -> cookie(cookie.getCookie(), place.field("cookie"), findings));
    } else if (config.is(HeaderBasedSessionState.class)) {
      state =
          AnyReader.unpack(config, HeaderBasedSessionState.class, place, findings)
              .flatMap(header -> header(header, place, findings));
    } else {
      findings.error(
          place,
          AnyReader.typeName(config)
              + " (expected: CookieBasedSessionState or HeaderBasedSessionState)");
    }
    return state
        .map(known -> new StatefulSession(known, message.getStrict()))
        .orElse(StatefulSession.NONE);
  }

  private static Optional<StatefulSession.Cookie> cookie(
      Cookie message, FieldPath at, Findings findings) {
    FieldUse.report(message, at, findings);
    if (message.getName().isEmpty()) {
      findings.error(at.field("name"), "empty (expected: a name)");
      return Optional.empty();
    }
    long ttl = DurationReader.nanos(message.getTtl(), at.field("ttl"), findings);
    return Optional.of(
        new StatefulSession.Cookie(
            message.getName(),
            ttl / NANOS_OF_SECOND,
            message.getPath(),
            attributes(message, at, findings)));
  }

  /** As in a hash policy's cookie; the messages that this is built on do not know the field. */
  private static List<CookieAttribute> attributes(Cookie message, FieldPath at, Findings findings) {
    List<CookieAttribute> attributes = new ArrayList<>();
    for (ByteString bytes :
        message.getUnknownFields().getField(ATTRIBUTES).getLengthDelimitedList()) {
      try {
        HashPolicy.CookieAttribute attribute = HashPolicy.CookieAttribute.parseFrom(bytes);
        attributes.add(new CookieAttribute(attribute.getName(), attribute.getValue()));
      } catch (InvalidProtocolBufferException e) {
        findings.error(at.field("attributes"), e.getMessage() + " (expected: attributes)");
      }
    }
    return attributes;
  }

  private static Optional<StatefulSession.Header> header(
      HeaderBasedSessionState message, FieldPath at, Findings findings) {
    if (message.getName().isEmpty()) {
      findings.error(at.field("name"), "empty (expected: a name)");
      return Optional.empty();
    }
    return Optional.of(new StatefulSession.Header(message.getName()));
  }
}
