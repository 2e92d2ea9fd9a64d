package io.fingerpost.contract.api;

import java.util.List;

/** What a peer is to fetch next; may be empty. */
public record Orders(List<Order> orders) {
    public static final Orders NONE = new Orders(List.of());

    public Orders {
        orders = List.copyOf(orders);
    }
}
