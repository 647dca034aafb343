package io.librarymesh.server;

import io.librarymesh.authz.HeaderEdits;
import io.librarymesh.authz.InboundVerdict;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A request as the application sees it once the rules have let it in. */
final class JudgedServletRequest extends HttpServletRequestWrapper {
  private final InboundPeer peer;
  private final HeaderEdits edits;
  private final String path;
  private final @Nullable String query;
  private final Set<String> hidden;

  private JudgedServletRequest(
      HttpServletRequest request, InboundPeer peer, InboundVerdict.Allowed allowed) {
    super(request);
    this.peer = peer;
    this.edits = allowed.headers();
    String target = allowed.path();
    int question = target.indexOf('?');
    this.path = question < 0 ? target : target.substring(0, question);
    this.query = question < 0 ? null : target.substring(question + 1);
    this.hidden = names(request.getQueryString());
    hidden.removeAll(names(query));
  }

  static HttpServletRequest of(
      HttpServletRequest request, InboundPeer peer, InboundVerdict.Allowed allowed) {
    return new JudgedServletRequest(request, peer, allowed);
  }

  /** Whether a dispatch brings back what was handed on before. */
  static boolean isWithin(ServletRequest request) {
    ServletRequest each = request;
    while (each instanceof ServletRequestWrapper wrapper) {
      if (each instanceof JudgedServletRequest) {
        return true;
      }
      each = wrapper.getRequest();
    }
    return false;
  }

  /** The names of the parameters of a query. */
  private static Set<String> names(@Nullable String query) {
    Set<String> names = new HashSet<>();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        names.add(decoded(equals < 0 ? pair : pair.substring(0, equals)));
      }
    }
    return names;
  }

  private static String decoded(String name) {
    try {
      return URLDecoder.decode(name, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return name;
    }
  }

  @Override
  public String getRequestURI() {
    return isDispatchedElsewhere() ? super.getRequestURI() : path;
  }

  @Override
  public @Nullable String getQueryString() {
    return isDispatchedElsewhere() ? super.getQueryString() : query;
  }

  @Override
  public StringBuffer getRequestURL() {
    StringBuffer whole = super.getRequestURL();
    int at = whole.indexOf("/", whole.indexOf("://") + 3);
    return at < 0 ? whole : whole.replace(at, whole.length(), getRequestURI());
  }

  /** Forwards, error pages and asynchronous dispatches have paths of the application's own. */
  private boolean isDispatchedElsewhere() {
    return switch (getDispatcherType()) {
      case REQUEST, INCLUDE -> false;
      default -> true;
    };
  }

  @Override
  public String getRemoteAddr() {
    return peer.source().getHostAddress();
  }

  /** An address: nothing is looked up. */
  @Override
  public String getRemoteHost() {
    return getRemoteAddr();
  }

  @Override
  public int getRemotePort() {
    return peer.remote().getPort();
  }

  private boolean isChanged(String name) {
    return edits.removed().contains(name) || edits.set().containsKey(name);
  }

  @Override
  public @Nullable String getHeader(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    return isChanged(key) ? edits.set().get(key) : super.getHeader(name);
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    if (!isChanged(key)) {
      return super.getHeaders(name);
    }
    String value = edits.set().get(key);
    return Collections.enumeration(value == null ? List.of() : List.of(value));
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(Collections.list(super.getHeaderNames()));
    edits.removed().forEach(names::remove);
    names.addAll(edits.set().keySet());
    return Collections.enumeration(names);
  }

  @Override
  public int getIntHeader(String name) {
    String value = getHeader(name);
    return value == null ? -1 : Integer.parseInt(value);
  }

  @Override
  public long getDateHeader(String name) {
    return isChanged(name.toLowerCase(Locale.ROOT)) ? -1 : super.getDateHeader(name);
  }

  @Override
  public @Nullable String getParameter(String name) {
    return hidden.contains(name) ? null : super.getParameter(name);
  }

  @Override
  public String @Nullable [] getParameterValues(String name) {
    return hidden.contains(name) ? null : super.getParameterValues(name);
  }

  @Override
  public Map<String, String[]> getParameterMap() {
    if (hidden.isEmpty()) {
      return super.getParameterMap();
    }
    Map<String, String[]> visible = new LinkedHashMap<>(super.getParameterMap());
    visible.keySet().removeAll(hidden);
    return Collections.unmodifiableMap(visible);
  }

  @Override
  public Enumeration<String> getParameterNames() {
    return Collections.enumeration(getParameterMap().keySet());
  }
}
