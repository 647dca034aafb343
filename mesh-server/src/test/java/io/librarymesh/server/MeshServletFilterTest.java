package io.librarymesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.librarymesh.config.InboundListener.Mode;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tomcat behind a listener, and Tomcat that ends TLS itself. */
final class MeshServletFilterTest {
  private final TestRoot root = new TestRoot();
  private final TestRoot.Source identity = new TestRoot.Source(root.identity("greeter"));
  private final ServerTls tls = ServerTls.of(identity, "http/1.1");
  private final InboundPeers peers = new InboundPeers();
  private final InboundCounts counts = new InboundCounts();
  private final Tomcat tomcat = new Tomcat();
  private volatile InboundRules rules = TestRules.open(Mode.STRICT);
  private final InboundPolicyView view = () -> Optional.of(rules);

  @TempDir Path folder;

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  private int start(MeshServletFilter filter, boolean overTls) throws Exception {
    tomcat.setBaseDir(folder.toString());
    Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
    connector.setPort(0);
    connector.setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
    if (overTls) {
      endTls(connector);
    }
    tomcat.setConnector(connector);
    File documents = Files.createDirectories(folder.resolve("documents")).toFile();
    Context context = tomcat.addContext("", documents.toString());
    Tomcat.addServlet(context, "echo", new Echo()).setAsyncSupported(true);
    context.addServletMappingDecoded("/", "echo");
    FilterDef definition = new FilterDef();
    definition.setFilterName("mesh");
    definition.setFilter(filter);
    definition.setAsyncSupported("true");
    context.addFilterDef(definition);
    FilterMap map = new FilterMap();
    map.setFilterName("mesh");
    map.addURLPattern("/*");
    for (DispatcherType type : DispatcherType.values()) {
      map.setDispatcher(type.name());
    }
    context.addFilterMap(map);
    ErrorPage page = new ErrorPage();
    page.setErrorCode(418);
    page.setLocation("/error-page");
    context.addErrorPage(page);
    tomcat.start();
    return connector.getLocalPort();
  }

  /** What docs/servers.md shows. */
  private void endTls(Connector connector) {
    connector.setProperty("SSLEnabled", "true");
    SSLHostConfig host = new SSLHostConfig();
    host.setCertificateVerification("required");
    host.setProtocols("TLSv1.2,TLSv1.3");
    host.setCiphers(String.join(",", tls.context().getDefaultSSLParameters().getCipherSuites()));
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.EC);
    certificate.setSslContext(new TomcatContext(tls.context()));
    host.addCertificate(certificate);
    connector.addSslHostConfig(host);
  }

  private InboundListener listen(int application) throws IOException {
    return InboundListener.builder(
            view, new InetSocketAddress(InetAddress.getLoopbackAddress(), application))
        .tls(tls)
        .peers(peers)
        .counts(counts)
        .start(Greeter.loopback());
  }

  private String get(InboundListener listener, String path, String... headers) throws IOException {
    try (TestClient client = TestClient.mutual(listener.port(), root.identity("web"))) {
      return client.get(path, headers);
    }
  }

  @Test
  void requestsAreJudgedByPathAndCaller() throws Exception {
    rules =
        new InboundRules(Mode.STRICT, TestRules.engine(TestRules.deny(TestRules.path("/admin"))));
    int port = start(MeshServletFilter.behind(peers, view, counts), false);
    try (InboundListener listener = listen(port)) {
      assertThat(get(listener, "/a?b=c"))
          .startsWith("HTTP/1.1 200")
          .contains("uri=/a query=b=c caller=" + TestRoot.id("web"));
      for (String path :
          new String[] {
            "/admin", "/admin;x/y", "/%61dmin", "/x/../admin", "/x/%2e%2e/admin", "/;a/admin"
          }) {
        assertThat(get(listener, path))
            .as(path)
            .startsWith("HTTP/1.1 403")
            .endsWith("RBAC: access denied");
      }
      assertThat(counts.refused(InboundRefusal.DENIED)).isEqualTo(6);
      try (TestClient around = TestClient.plain(port)) {
        assertThat(around.get("/a", "x-forwarded-client-cert: URI=" + TestRoot.id("web")))
            .startsWith("HTTP/1.1 403");
      }
    }
  }

  /** The tricks of CVE-2016-5007, 2019-9901, 2021-29492, 2021-31920, 2021-32779, 2023-20860. */
  @Test
  void noFormOfADeniedPathReachesTheApplication() throws Exception {
    rules =
        new InboundRules(Mode.STRICT, TestRules.engine(TestRules.deny(TestRules.path("/admin"))));
    int port = start(MeshServletFilter.behind(peers, view, counts), false);
    try (InboundListener listener = listen(port)) {
      for (String path :
          new String[] {
            "//admin",
            "///admin",
            "/./admin",
            "/.//admin",
            "/x/..//admin",
            "/x/%2e%2e//admin",
            "/%2e/admin",
            "/admin/",
            "/admin//",
            "/admin/.",
            "/admin/x/..",
            "/admin%2f",
            "/x%2f..%2fadmin",
            "/x/..;/admin",
            "/x/..;a=b/admin",
            "/;/admin",
            "/;a;b//admin",
            "/admin;",
            "/admin;/..;/admin",
            "/%61%64%6d%69%6e",
            "/%61dmin;x",
            "/\\admin",
            "/x\\..\\admin",
            "/x%5c..%5cadmin",
            "/admin#x",
            "/#/admin",
            "/admin%00",
            "/%00/admin",
            "/admin?x",
            "/admin?/../pub",
            "/admin;?x",
            "/../admin",
            "/%2e%2e/admin",
            "/admin%",
            "/admin%zz",
            "http://localhost/admin",
            "HTTP://LOCALHOST//admin",
            "admin",
            "*/admin",
            "/admin\t"
          }) {
        assertThat(get(listener, path)).as(path).containsPattern("^HTTP/1.1 40[03] ");
      }
      for (String header :
          new String[] {
            "X-Original-URL: /admin", "X-Rewrite-URL: /admin", "X-Envoy-Original-Path: /admin",
            "X-HTTP-Method-Override: POST", "X-Forwarded-Prefix: /admin", "X-Forwarded-Path: /admin"
          }) {
        assertThat(get(listener, "/pub", header))
            .as(header)
            .startsWith("HTTP/1.1 200")
            .contains("uri=/pub ");
      }
      assertThat(get(listener, "/pub", "Host: api", "Host: admin")).startsWith("HTTP/1.1 400");
    }
  }

  @Test
  void tokensAreVerifiedAndKeptFromTheApplication() throws Exception {
    rules = new InboundRules(Mode.STRICT, TestRules.engine(TestRules.tokens()));
    int port = start(MeshServletFilter.behind(peers, view, counts), false);
    try (InboundListener listener = listen(port)) {
      assertThat(get(listener, "/a"))
          .startsWith("HTTP/1.1 401")
          .containsIgnoringCase("www-authenticate: Bearer realm=\"http")
          .endsWith("Jwt is missing");
      assertThat(get(listener, "/a", "Authorization: Bearer " + TestRules.token()))
          .contains("user=alice")
          .contains("authorization=null")
          .contains("names=[connection, host, x-user]");
      assertThat(get(listener, "/a?access_token=" + TestRules.token() + "&b=c"))
          .contains("query=b=c")
          .contains("parameters=[b]");
    }
  }

  @Test
  void errorPagesAndAsynchronousDispatchesAreNotJudgedTwice() throws Exception {
    rules =
        new InboundRules(
            Mode.STRICT, TestRules.engine(TestRules.deny(TestRules.path("/error-page"))));
    int port = start(MeshServletFilter.behind(peers, view, counts), false);
    try (InboundListener listener = listen(port)) {
      assertThat(get(listener, "/teapot")).startsWith("HTTP/1.1 418").contains("uri=/error-page");
      assertThat(get(listener, "/async"))
          .startsWith("HTTP/1.1 200")
          .contains("caller=" + TestRoot.id("web"));
      assertThat(counts.allowedRequests()).isEqualTo(2);
      assertThat(get(listener, "/error-page")).startsWith("HTTP/1.1 403");
    }
  }

  @Test
  void aContainerThatEndsTlsItselfKnowsWhoCalls() throws Exception {
    rules =
        new InboundRules(
            Mode.STRICT,
            TestRules.engine(
                TestRules.allow(
                    io.librarymesh.config.RbacCondition.ALWAYS, TestRules.peer("web"))));
    int port = start(MeshServletFilter.direct(tls, view, counts), true);
    for (int i = 0; i < 3; i++) {
      identity.rotateTo(root.identity("greeter"));
      try (TestClient client = TestClient.mutual(port, root.identity("web"))) {
        assertThat(client.get("/a"))
            .startsWith("HTTP/1.1 200")
            .contains("caller=" + TestRoot.id("web"));
      }
    }
    try (TestClient client = TestClient.mutual(port, root.identity("other"))) {
      assertThat(client.get("/a")).startsWith("HTTP/1.1 403");
    }
  }

  @Test
  void plaintextToAStrictContainerIsRefusedByTheFilter() throws Exception {
    int port = start(MeshServletFilter.direct(tls, view, counts), false);
    try (TestClient client = TestClient.plain(port)) {
      assertThat(client.get("/a")).startsWith("HTTP/1.1 403");
    }
    rules = TestRules.open(Mode.PERMISSIVE);
    try (TestClient client = TestClient.plain(port)) {
      assertThat(client.get("/a")).startsWith("HTTP/1.1 200").contains("caller=absent");
    }
  }

  private static final class Echo extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      if (request.getDispatcherType() == DispatcherType.REQUEST) {
        switch (request.getRequestURI()) {
          case "/teapot" -> {
            response.sendError(418);
            return;
          }
          case "/async" -> {
            request.startAsync(request, response).dispatch("/after");
            return;
          }
          default -> {}
        }
      }
      InboundCall call = InboundCall.ofServlet(request).orElseThrow();
      response
          .getWriter()
          .print(
              "uri="
                  + request.getRequestURI()
                  + " query="
                  + request.getQueryString()
                  + " caller="
                  + call.caller().map(Object::toString).orElse("absent")
                  + " user="
                  + request.getHeader("x-user")
                  + " authorization="
                  + request.getHeader("authorization")
                  + " names="
                  + Collections.list(request.getHeaderNames())
                  + " parameters="
                  + Collections.list(request.getParameterNames()));
    }
  }
}
