package dev.s3envelope.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * S3Proxy in this process, with objects in memory. It comes with other versions of libraries that we use too, so that a class loader of its own keeps it apart, and it is
 * spoken to by reflection: its server for JUnit, which it makes for others to use.
 */
final class S3ProxyServer implements AutoCloseable {
    private static final String SERVER = "org.gaul.s3proxy.junit.S3ProxyJunitCore";

    private final URLClassLoader libraries;
    private final Object server;

    private S3ProxyServer(URLClassLoader libraries, Object server) {
        this.libraries = libraries;
        this.server = server;
    }

    /**
     * Starts on a free port of the loopback interface.
     *
     * @param classPath a file with the paths of the libraries, one on a line, as the build writes it
     */
    static S3ProxyServer start(Path classPath) {
        URLClassLoader libraries = new URLClassLoader("s3proxy", jars(classPath), ClassLoader.getPlatformClassLoader());
        return within(libraries, () -> {
            Class<?> builder = libraries.loadClass(SERVER + "$Builder");
            Object settings = builder.getConstructor().newInstance();
            builder.getMethod("withCredentials", String.class, String.class).invoke(settings, "identity", "credential");
            builder.getMethod("withBlobStoreProvider", String.class).invoke(settings, "transient");
            builder.getMethod("ignoreUnknownHeaders").invoke(settings);
            Object server = builder.getMethod("build").invoke(settings);
            server.getClass().getMethod("beforeEach").invoke(server);
            return new S3ProxyServer(libraries, server);
        });
    }

    URI endpoint() {
        return URI.create(ask("getUri").toString());
    }

    String accessKey() {
        return ask("getAccessKey").toString();
    }

    String secretKey() {
        return ask("getSecretKey").toString();
    }

    @Override
    public void close() {
        ask("afterEach");
        try {
            libraries.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Object ask(String method) {
        return within(libraries, () -> server.getClass().getMethod(method).invoke(server));
    }

    private static URL[] jars(Path classPath) {
        try (Stream<String> files = Files.lines(classPath)) {
            return files.map(Path::of).map(S3ProxyServer::url).toArray(URL[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException("The build writes the class path of S3Proxy to " + classPath, e);
        }
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Call<V> {
        V make() throws ReflectiveOperationException;
    }

    /** Libraries look for their services with the thread's class loader. */
    private static <V> V within(ClassLoader libraries, Call<V> call) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(libraries);
        try {
            return call.make();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("S3Proxy has another form than it had", e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
