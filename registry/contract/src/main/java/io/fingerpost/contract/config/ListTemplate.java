package io.fingerpost.contract.config;

import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the items of a list are made of. In the defaults, a list of one section is such a template: every item of the operator's
 * list may have its keys; what it leaves out is taken from there. If the template has the key `{@value #MERGE}`, an item may also
 * have those of the section that the list stands in, and takes over what that says.
 *
 * @param section the key of the section, such as `sharing`
 * @param name the list's name in it, such as `rules`
 * @param merged whether the section's keys are the item's too
 */
record ListTemplate(String section, String name, ObjectNode keys, boolean merged) {
    private static final String MERGE = "<<";

    /** Takes the templates out of a tree of defaults, and leaves empty lists. */
    static Map<String, ListTemplate> takeFrom(ObjectNode tree) {
        var found = new TreeMap<String, ListTemplate>();
        collect(tree, "", found);
        return found;
    }

    private static void collect(ObjectNode node, String path, Map<String, ListTemplate> found) {
        node.forEachEntry((name, value) -> {
            String key = path.isEmpty() ? name : path + "." + name;
            if (value instanceof ObjectNode inner) {
                collect(inner, key, found);
            } else if (value instanceof ArrayNode list && list.size() == 1 && list.get(0) instanceof ObjectNode keys) {
                ObjectNode own = keys.deepCopy();
                boolean merged = own.remove(MERGE) != null;
                found.put(key, new ListTemplate(path, name, own, merged));
                list.removeAll();
            }
        });
    }

    /** Completes each item of the list in {@code tree}. */
    void fill(ObjectNode tree, ConfigLoader loader) {
        if (!(tree.at("/" + section.replace('.', '/')) instanceof ObjectNode parent)
                || !(parent.get(name) instanceof ArrayNode list)) {
            return;
        }
        ObjectNode known = keys;
        if (merged) {
            known = parent.deepCopy();
            known.remove(name);
            known.setAll(keys);
        }
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof ObjectNode item) {
                list.set(i, completed(item, known, section + "." + name + "[" + i + "]", loader));
            }
        }
    }

    private static ObjectNode completed(ObjectNode item, ObjectNode known, String path, ConfigLoader loader) {
        ObjectNode whole = known.deepCopy();
        item.forEachEntry((key, value) -> {
            String place = path + "." + key;
            JsonNode otherwise = known.get(key);
            if (otherwise == null) {
                throw loader.unknown(place, value, known);
            }
            whole.set(key, loader.fit(otherwise, value));
        });
        return whole;
    }
}
