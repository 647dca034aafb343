/**
 * OkHttp calls through the mesh: drives {@link io.librarymesh.MeshCall}s with OkHttp and contains
 * no policy of its own.
 *
 * <p>The interceptor does not pass requests on. Each attempt is an OkHttp call of its own, with the
 * logical URL, over a client whose connections go to one endpoint; so an attempt can be broken off
 * without the call, and a retry cannot end up on the connection that failed. What OkHttp does
 * beneath its application interceptors happens here instead:
 *
 * <ul>
 *   <li>Cookies, cache, redirects and authentication are the caller's and happen once, around the
 *       attempts. A redirect is followed as the client is configured, and each hop is a call
 *       through the mesh. Answers out of the cache never reach the mesh; a cached answer is
 *       confirmed by an attempt.
 *   <li>The caller's {@link okhttp3.EventListener} sees the network events of all attempts as
 *       events of its own call; where a route lets attempts run beside each other, they come from
 *       several threads. OkHttp says that the call has ended when the response head is there, so
 *       the events of the body come after that.
 *   <li>The call timeout spans everything, the body included, but no event stream and no connection
 *       that is upgraded, which OkHttp does not bound either. The read and the write timeout bound
 *       the silence of one attempt. When one of these runs out, the caller gets an exception, as
 *       from a call that it cancels; timeouts of the mesh are responses. The time to connect is
 *       bounded by the mesh. So is silence, where the mesh bounds it: a request body ends it as it
 *       is written, a response body as it is read. An upgraded connection lasts as long as it
 *       likes.
 *   <li>Network interceptors, protocols, connection specs and pings are those of the client given
 *       to {@link io.librarymesh.okhttp.MeshInterceptor#of(io.librarymesh.Mesh,
 *       okhttp3.OkHttpClient)}, since an interceptor cannot learn those of its own client.
 *   <li>Connections are pooled per endpoint, 256 idle ones for the time that the cluster says, or
 *       five minutes; the client's own pool is not used. A proxy is used only where a call goes to
 *       where its URL points.
 *   <li>OkHttp repeats nothing by itself within an attempt. Pooled connections that the upstream
 *       has closed are recognized before they are used; this works for HTTP/1.1 unless the client
 *       has a socket factory of its own, and HTTP/2 notices by itself.
 * </ul>
 *
 * <p>What OkHttp cannot do: look up the name of an endpoint without blocking its thread, even after
 * the attempt's time is over; tell whether a request that fails while it is sent has left this
 * machine (it counts as sent from its first byte on); and report trailers or the end of a body that
 * nobody reads. A response that is closed unread counts as read. That the timeout of a call is
 * canceled while its body is read is seen only where a {@link
 * io.librarymesh.okhttp.MeshCallFactory} made the call.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.okhttp;
