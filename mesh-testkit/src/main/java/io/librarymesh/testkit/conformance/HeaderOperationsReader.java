package io.librarymesh.testkit.conformance;

import io.librarymesh.config.HeaderMutations;
import io.librarymesh.config.HeaderMutations.Addition;
import io.librarymesh.config.HeaderMutations.AppendAction;
import io.librarymesh.config.HeaderOperations;

/** Reads the {@code headers} of a level. */
final class HeaderOperationsReader {
  private HeaderOperationsReader() {}

  static HeaderOperations headers(CaseFields fields) {
    return fields.read("headers", HeaderOperations.NONE, HeaderOperationsReader::operations);
  }

  private static HeaderOperations operations(CaseNode node) {
    CaseFields fields = node.fields();
    HeaderOperations operations =
        new HeaderOperations(
            fields.read("request", HeaderMutations.NONE, HeaderOperationsReader::mutations),
            fields.read("response", HeaderMutations.NONE, HeaderOperationsReader::mutations));
    fields.end();
    return operations;
  }

  private static HeaderMutations mutations(CaseNode node) {
    CaseFields fields = node.fields();
    HeaderMutations mutations =
        new HeaderMutations(
            fields.list("remove", CaseNode::text),
            fields.list("add", HeaderOperationsReader::addition));
    fields.end();
    return mutations;
  }

  private static Addition addition(CaseNode node) {
    CaseFields fields = node.fields();
    Addition addition =
        new Addition(
            fields.required("name").text(),
            fields.required("value").text(),
            fields.read(
                "action",
                AppendAction.APPEND_IF_EXISTS_OR_ADD,
                action -> action.constant(AppendAction.class)),
            fields.flag("keepEmpty", false));
    fields.end();
    return addition;
  }
}
