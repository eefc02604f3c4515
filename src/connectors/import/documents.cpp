#include "connectors/import/documents.h"

namespace baton::imports {
namespace {

void write_problem(codec::JsonWriter& out, const Located& at) {
    out.begin_object()
        .field("file", at.file)
        .field("row", at.row)
        .field("line", at.line)
        .field("column", at.problem.column);
    out.field("column_name", at.problem.column_name).field("problem", at.problem.what);
    out.field("refuses", at.problem.weight == RowProblem::Weight::refuses).end_object();
}

}  // namespace

std::string document(const Report& report, bool dry_run) {
    codec::JsonWriter out;
    out.begin_object().field("dry_run", dry_run).field("rows", report.rows).field("refused_rows", report.refused_rows);
    out.field("facts", report.facts)
        .field("accepted", report.accepted)
        .field("duplicates", report.duplicates)
        .field("refused", report.refused)
        .field("left_out", report.left_out)
        .field("left_out_rows", report.left_out_rows);
    out.key("types").begin_object();
    for (const auto& [type, n] : report.types) out.field(type, n);
    out.end_object();
    out.field("first", report.first.value_or(Instant::never())).field("last", report.last.value_or(Instant::never()));
    out.field("stopped", report.stopped).key("files").begin_array();
    for (const auto& file : report.files)
        out.begin_object()
            .field("file", file.name)
            .field("mapping", file.mapping)
            .field("rows", file.rows)
            .field("refused_rows", file.refused_rows)
            .end_object();
    out.end_array()
        .field("problem_count", report.problem_count)
        .field("remark_count", report.remark_count)
        .field("error_rows", report.error_rows)
        .key("problems")
        .begin_array();
    for (const auto& problem : report.problems) write_problem(out, problem);
    out.end_array().key("remarks").begin_array();
    for (const auto& remark : report.remarks) out.value(remark);
    return out.end_array().end_object().take();
}

std::string who(const IncomingFact& fact) {
    std::string text;
    const auto add = [&](const char* name, const std::string& key) {
        if (!key.empty()) text += (text.empty() ? "" : ", ") + std::string(name) + " " + key;
    };
    add("user", fact.user_id);
    add("id", fact.external_id);
    add("e-mail", fact.email);
    add("phone", fact.phone);
    add("visitor", fact.anonymous_id);
    add("account", fact.account);
    return text;
}

void write(codec::JsonWriter& out, const Preview& preview) {
    out.begin_object().field("file", preview.file).field("mapping", preview.mapping).key("rows").begin_array();
    for (const auto& row : preview.rows) {
        out.begin_object().field("row", row.row).key("facts").begin_array();
        for (const IncomingFact& fact : row.facts) {
            out.begin_object().field("type", fact.type).field("who", who(fact)).field("actor", fact.actor);
            out.field("occurred_at", fact.time_known ? fact.occurred_at.value_or(Instant::never()) : Instant::never());
            out.key("properties").begin_object();
            for (const NamedValue& p : fact.properties) out.field(p.name, p.value);
            out.end_object().end_object();
        }
        out.end_array().key("problems").begin_array();
        for (const auto& problem : row.problems)
            out.begin_object()
                .field("column", problem.column)
                .field("column_name", problem.column_name)
                .field("problem", problem.what)
                .end_object();
        out.end_array().end_object();
    }
    out.end_array().end_object();
}

}  // namespace baton::imports
