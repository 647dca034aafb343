package io.librarymesh.controlplane.admin;

import io.librarymesh.controlplane.admin.Page.Access;
import io.librarymesh.controlplane.serve.AdsServer;
import io.librarymesh.controlplane.serve.ClientResource;
import io.librarymesh.controlplane.serve.ConnectedClient;
import io.librarymesh.controlplane.serve.Overview;
import io.librarymesh.controlplane.translate.ResourceType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/** All pages, and what is on them. Any thread. */
final class Pages {

  private static final long TIMEOUT_SECONDS = 5;
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private final AdminSource source;
  private final List<Page> all;

  Pages(AdminSource source) {
    this.source = source;
    this.all =
        List.of(
            open("/healthz", "", "The process lives.", r -> status(r, 200, "ok", "")),
            open("/readyz", "/ready", "Clients are served.", this::readiness),
            open("/metrics", "", "Numbers in Prometheus' text format.", r -> metrics()),
            open("/version", "", "The version of this software.", this::version),
            open("/openapi.json", "", "This description.", r -> openApi()),
            debug("/debug", "/debug/list", "The pages under /debug.", this::index),
            debug(
                "/debug/clients",
                "/debug/adsz",
                "Clients that are connected, and how far they are.",
                this::clients),
            client("/debug/clients/{client}", "", "One client, with its resources.", this::detail),
            client(
                "/debug/clients/{client}/config_dump",
                "/debug/config_dump",
                "What one client was sent.",
                this::dump),
            debug(
                "/debug/syncz",
                "",
                "Nonces sent to and accepted by clients, as istiod shows them.",
                known(ClientJson::syncz)),
            debug(
                "/debug/registry",
                "/debug/registryz",
                "Services with their endpoints.",
                known(StatusJson::registry)),
            debug(
                "/debug/endpoints",
                "/debug/endpointz",
                "Endpoints by service and port.",
                known(StatusJson::endpoints)),
            debug(
                "/debug/loads",
                "",
                "What clients say they sent where in the last minute.",
                this::loads),
            debug(
                "/debug/config",
                "/debug/configz",
                "Resources in force, as they were understood.",
                known(StatusJson::config)),
            debug(
                "/debug/findings",
                "",
                "What there is to say about the configuration.",
                known(StatusJson::findings)));
  }

  private static Page open(
      String path, String alias, String summary, Function<Request, Reply> content) {
    return new Page(path, alias, Access.OPEN, summary, (request, s) -> content.apply(request));
  }

  private static Page debug(
      String path, String alias, String summary, Function<Request, Reply> content) {
    return new Page(path, alias, Access.DEBUG, summary, (request, s) -> content.apply(request));
  }

  /** A page about one client, which the alias has as istiod's parameter. */
  private Page client(
      String path, String alias, String summary, BiFunction<Request, Chosen, Reply> content) {
    return new Page(
        path,
        alias,
        Access.DEBUG,
        summary,
        (request, segments) -> {
          Optional<String> asked =
              Optional.ofNullable(segments.get("client")).or(() -> request.parameter("proxyID"));
          return asked
              .map(node -> about(node, chosen -> content.apply(request, chosen)))
              .orElseGet(
                  () ->
                      Reply.error(
                          400,
                          "proxyID: missing (expected: ?proxyID= and a piece of a node id)",
                          Map.of()));
        });
  }

  List<Page> all() {
    return all;
  }

  /** Paths with what they are, for those who ask for something else. */
  List<String> paths() {
    return all.stream()
        .flatMap(page -> Stream.of(page.path(), page.alias()))
        .filter(path -> !path.isEmpty())
        .toList();
  }

  /** What answers a request; absent when there is no such page. */
  Optional<Matched> find(Request request) {
    return all.stream()
        .flatMap(page -> page.match(request).map(segments -> new Matched(page, segments)).stream())
        .findFirst();
  }

  /** A page and what stood for the braces of its path. */
  record Matched(Page page, Map<String, String> segments) {

    Reply answer(Request request) {
      return page.content().answer(request, segments);
    }
  }

  private static Reply status(Request request, int code, String status, String message) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("status", status);
    if (!message.isEmpty()) {
      json.put("message", message);
    }
    return Reply.json(code, json, request.isPretty());
  }

  private Reply readiness(Request request) {
    Optional<AdsServer> server = source.server();
    if (server.isEmpty()) {
      return status(
          request, 503, "loading", "the sources are being read; no client is served before");
    }
    return await(server.get().ping(), any -> status(request, 200, "ready", ""));
  }

  private Reply metrics() {
    return Reply.text(METRICS, source.metrics().text());
  }

  private Reply loads(Request request) {
    return Reply.json(200, LoadJson.of(source.loads().snapshot()), request.isPretty());
  }

  private Reply version(Request request) {
    return Reply.json(200, Map.of("version", source.version()), request.isPretty());
  }

  private static Reply openApi() {
    try (InputStream document = Pages.class.getResourceAsStream("openapi.json")) {
      if (document == null) {
        throw new IllegalStateException("openapi.json is not beside " + Pages.class);
      }
      return Reply.document(new String(document.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Reply index(Request request) {
    List<Map<String, Object>> pages = new ArrayList<>();
    for (Page page : all) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("path", page.path());
      if (!page.alias().isEmpty()) {
        json.put("alias", page.alias());
      }
      json.put("summary", page.summary());
      pages.add(json);
    }
    return Reply.json(200, Map.of("pages", pages), request.isPretty());
  }

  private Function<Request, Reply> known(Function<Overview, Object> content) {
    return request ->
        overview(overview -> Reply.json(200, content.apply(overview), request.isPretty()));
  }

  private Reply clients(Request request) {
    return source
        .server()
        .map(
            server ->
                await(
                    server.overview(),
                    known ->
                        Reply.json(
                            200,
                            ClientJson.clients(known, new GapReport(server, known.context())),
                            request.isPretty())))
        .orElseGet(Pages::notReady);
  }

  /** A client and the server that serves it. */
  private record Chosen(AdsServer server, Overview overview, ConnectedClient client) {}

  private Reply about(String asked, Function<Chosen, Reply> content) {
    return overview(
        overview -> {
          ClientChoice choice = ClientChoice.of(asked, overview.clients());
          Optional<Reply> answer =
              choice
                  .client()
                  .flatMap(
                      c -> source.server().map(s -> content.apply(new Chosen(s, overview, c))));
          return answer.or(choice::refusal).orElseGet(Pages::notReady);
        });
  }

  private Reply detail(Request request, Chosen chosen) {
    return resources(
        chosen,
        all -> {
          GapReport gaps = new GapReport(chosen.server(), chosen.overview().context());
          return Reply.json(200, ClientJson.detail(chosen.client(), all, gaps), request.isPretty());
        });
  }

  private Reply dump(Request request, Chosen chosen) {
    Optional<String> word = request.parameter("type");
    Optional<ResourceType> type = word.flatMap(Pages::type);
    if (word.isPresent() && type.isEmpty()) {
      return Reply.error(
          400,
          "type: '" + word.get() + "' (expected: cluster, listener, route or endpoint)",
          Map.of());
    }
    return resources(
        chosen,
        all -> Reply.json(200, ClientJson.dump(chosen.client(), all, type), request.isPretty()));
  }

  private static Optional<ResourceType> type(String word) {
    return Stream.of(ResourceType.values())
        .filter(type -> ClientJson.word(type).equals(word.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  private static Reply resources(Chosen chosen, Function<List<ClientResource>, Reply> reply) {
    return await(chosen.server().resources(chosen.client().connections()), reply);
  }

  private Reply overview(Function<Overview, Reply> reply) {
    return source
        .server()
        .map(server -> await(server.overview(), reply))
        .orElseGet(Pages::notReady);
  }

  private static <T> Reply await(CompletableFuture<T> asked, Function<T, Reply> reply) {
    try {
      return reply.apply(asked.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      return Reply.error(503, "the control plane is closing", Map.of());
    } catch (TimeoutException e) {
      return Reply.error(
          503,
          "the control plane is busy and did not answer in " + TIMEOUT_SECONDS + " s",
          Map.of());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reply.error(503, "the control plane is closing", Map.of());
    }
  }

  private static Reply notReady() {
    return Reply.error(
        503, "the sources are being read for the first time (expected: 200 of /readyz)", Map.of());
  }
}
