/**
 * Spring Boot auto-configuration that puts a service into the mesh: clients through the OkHttp
 * adapter, registration, actuator endpoint, health and metrics. Nothing lives here yet; a Spring
 * application can already use {@code mesh-okhttp} directly.
 */
@org.jspecify.annotations.NullMarked
package io.librarymesh.spring;
