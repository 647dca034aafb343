package io.librarymesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nested records and the records around them hold constants of each other, whichever is touched
 * first.
 */
class ConstantsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "OutlierDetection",
        "OutlierDetection$Detector",
        "OutlierDetection$Ejection",
        "RetryPolicy",
        "RetryPolicy$BackOff",
        "RetryPolicy$HostSelection",
        "FaultInjection",
        "FaultInjection$Delay",
        "FaultInjection$Abort"
      })
  void constantsAreWholeWhicheverClassIsTouchedFirst(String first) throws Exception {
    ClassLoader fresh = new Fresh();
    Class.forName("io.librarymesh.config." + first, true, fresh);

    assertThat(constant(fresh, "OutlierDetection", "NONE")).doesNotContain("null");
    assertThat(constant(fresh, "RetryPolicy", "NONE")).doesNotContain("null");
    assertThat(constant(fresh, "FaultInjection", "NONE")).doesNotContain("null");
  }

  private static String constant(ClassLoader loader, String type, String name) throws Exception {
    Class<?> loaded = Class.forName("io.librarymesh.config." + type, true, loader);
    return String.valueOf(loaded.getField(name).get(null));
  }

  /** Loads the records anew, so that each order of initialisation can be tried. */
  private static final class Fresh extends ClassLoader {
    Fresh() {
      super(ConstantsTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("io.librarymesh.config.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> known = findLoadedClass(name);
      return known == null ? define(name) : known;
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String path = name.replace('.', '/') + ".class";
      try (InputStream in = getParent().getResourceAsStream(path)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
