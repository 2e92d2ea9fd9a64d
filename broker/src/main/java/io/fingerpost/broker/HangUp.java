package io.fingerpost.broker;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * SIGHUP, which asks a daemon to read its configuration again. The class that Java has for signals is outside its public API
 * and the compiler warns of it, so it is called by name.
 */
final class HangUp {
    private HangUp() {}

    /** From now on {@code action} is run for each SIGHUP, on a thread of its own; where there are no signals, never. */
    static void run(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler handle = (_, method, arguments) -> {
                if (!method.getName().equals("handle")) {
                    return method.invoke(action, arguments); // what every object has
                }
                action.run();
                return null;
            };
            Object hup = signal.getConstructor(String.class).newInstance("HUP");
            signal.getMethod("handle", signal, handler).invoke(null, hup,
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, handle));
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            System.getLogger("fingerpost").log(System.Logger.Level.DEBUG, "no SIGHUP here", e);
        }
    }
}
