// Names with a point: person.x, account.x, answer.x, event.x, score.x, class.x, lists.x, lead.x.
#include <algorithm>
#include <array>

#include "domain/criteria/checker.h"
#include "domain/criteria/names.h"

namespace baton::criteria {
namespace {

using std::string_view;

enum : std::uint8_t { in_person = 1, in_member = 2, in_event = 4, in_fit = 8 };

struct Root {
    string_view name;
    std::uint8_t scopes;
};
/// Who may read what; the calls that ask about a person's past stand under "count".
constexpr std::array<Root, 9> roots{{{"person", in_person | in_member | in_event | in_fit},
                                     {"account", in_person | in_fit},
                                     {"answer", in_person | in_member | in_fit},
                                     {"event", in_event},
                                     {"score", in_person},
                                     {"class", in_person},
                                     {"lists", in_person | in_member | in_event | in_fit},
                                     {"lead", in_person},
                                     {"count", in_person}}};

std::uint8_t bit(Scope scope) {
    switch (scope) {
        case Scope::person:
        case Scope::list: return in_person;
        case Scope::member: return in_member;
        case Scope::event: return in_event;
        case Scope::fit: return in_fit;
    }
    return 0;
}

std::string readable(Scope scope) {
    switch (scope) {
        case Scope::person:
        case Scope::list: return "event.* is read in `where` of a score rule";
        case Scope::member: return "an account count reads person, answer and lists of one member";
        case Scope::event: return "`where` of a score rule reads event, person and lists";
        case Scope::fit: return "`when` of a fit score rule reads person, account, answer and lists";
    }
    return {};
}

}  // namespace

bool is_root(string_view name) { return name != "count" && std::ranges::find(roots, name, &Root::name) != roots.end(); }

bool Checker::allowed(SyntaxId id, string_view root) {
    const auto* entry = std::ranges::find(roots, root, &Root::name);
    if (entry != roots.end() && (entry->scopes & bit(scope_)) != 0) return true;
    wrong(id, written(id) + " cannot be read here", readable(scope_));
    return false;
}

Checked Checker::check_select(SyntaxId id) {
    const SyntaxId target = at(id).children[0];
    const std::string& root = at(target).name;
    const auto is_local = [&](const Local& local) { return local.name == root; };
    const bool plain = at(target).kind == SyntaxKind::name && std::ranges::none_of(locals_, is_local);
    if (!plain || !is_root(root)) {
        const Checked value = check(target);
        if (value.wrong()) return value;
        return wrong(id, written(target) + " is " + words(value.type) + " and has no parts");
    }
    if (!allowed(id, root)) return already_wrong();
    if (root == "person") return check_property(id, Op::attribute, InputKind::attribute, names_.person, root);
    if (root == "account") return check_account(id);
    if (root == "answer") return check_answer(id);
    if (root == "event") return check_event(id);
    if (root == "score") return check_score(id);
    if (root == "class") return check_class(id);
    if (root == "lists") return check_list_name(id);
    return check_lead(id);
}

Checked Checker::property(SyntaxId id, Op op, InputKind kind, const DeclaredProperty& declared, std::uint16_t index) {
    Node node{.op = op, .expected = declared.type, .index = index};
    node.input = input(kind, kind == InputKind::event ? std::uint16_t{0} : index, {}, id, label_of(declared));
    Type type = type_of(declared.type);
    type.closed = closed(written(id), declared.values);
    return emit(node, id, type);
}

/// "did you mean account.industry?" when another root has that very name.
std::string Checker::elsewhere(string_view root, string_view name) const {
    const std::string id(name);
    if (root != "person" && position_of(names_.person, name)) return "did you mean person." + id + '?';
    if (root != "account" && (position_of(names_.account, name) || position_of(names_.aggregates, name))) {
        return "did you mean account." + id + '?';
    }
    if (root != "score" && position_of(names_.scores, name)) return "did you mean score." + id + '?';
    if (root != "class" && position_of(names_.classes, name)) return "did you mean class." + id + '?';
    return {};
}

Checked Checker::check_property(SyntaxId id, Op op, InputKind kind, const std::vector<DeclaredProperty>& declared,
                                string_view root) {
    const std::string& name = at(id).name;
    if (const auto index = position_of(declared, name)) return property(id, op, kind, declared[*index], *index);
    std::string hint = elsewhere(root, name);
    const std::string prefix = std::string(root) + '.';
    if (hint.empty()) hint = suggestion(ids_of(declared), name, prefix, "declare it under properties");
    return wrong(id, "unknown property " + written(id), hint);
}

Checked Checker::check_account(SyntaxId id) {
    const std::string& name = at(id).name;
    if (const auto index = position_of(names_.aggregates, name); index && !position_of(names_.account, name)) {
        Node node{.op = Op::aggregate, .index = *index};
        node.input =
            input(InputKind::aggregate, *index, {}, id, label_at(names_.aggregate_labels, names_.aggregates, *index));
        return emit(node, id, {.kind = Kind::integer});
    }
    if (position_of(names_.account, name)) {
        return check_property(id, Op::account_attribute, InputKind::account_attribute, names_.account, "account");
    }
    std::vector<std::string> known = ids_of(names_.account);
    known.insert(known.end(), names_.aggregates.begin(), names_.aggregates.end());
    std::string hint = elsewhere("account", name);
    if (hint.empty()) {
        hint = suggestion(known, name, "account.", "declare it under properties (of: account) or account_counts");
    }
    return wrong(id, "unknown property " + written(id), hint);
}

Checked Checker::check_answer(SyntaxId id) {
    const std::string& name = at(id).name;
    const auto index = position_of(names_.person, name);
    if (position_of(names_.questions, name) && index) {
        return property(id, Op::answer, InputKind::answer, names_.person[*index], *index);
    }
    return wrong(id, "unknown question " + written(id),
                 suggestion(names_.questions, name, "answer.", "declare it under questions"));
}

Checked Checker::check_event(SyntaxId id) {
    const std::string& name = at(id).name;
    const auto index = position_of(event_, name);
    if (!index) {
        return wrong(id, "unknown property " + written(id),
                     suggestion(ids_of(event_), name, "event.", "declare it under facts, in properties of the type"));
    }
    // The name is looked up in the fact: it is kept as a constant.
    const Checked text = constant(Value(name), id, {.kind = Kind::string});
    return property(id, Op::event, InputKind::event, event_[*index], program_.at(text.node).index);
}

Checked Checker::check_score(SyntaxId id) {
    const auto index = position_of(names_.scores, at(id).name);
    if (!index) {
        return wrong(id, "unknown score " + written(id),
                     suggestion(names_.scores, at(id).name, "score.", "declare it under scores"));
    }
    Node node{.op = Op::score, .index = *index};
    node.input = input(InputKind::score, *index, {}, id, label_at(names_.score_names, names_.scores, *index));
    return emit(node, id, {.kind = Kind::number});
}

Checked Checker::check_class(SyntaxId id) {
    const auto index = position_of(names_.classes, at(id).name);
    if (!index) {
        return wrong(id, "unknown class " + written(id),
                     suggestion(names_.classes, at(id).name, "class.", "declare it under classes"));
    }
    Node node{.op = Op::label, .index = *index};
    node.input = input(InputKind::label, *index, {}, id, label_at(names_.class_names, names_.classes, *index));
    Type type{.kind = Kind::string};
    if (*index < names_.class_labels.size() && !names_.class_labels[*index].empty()) {
        std::vector<std::string> labels = names_.class_labels[*index];
        labels.emplace_back();  // no row holds
        type.closed = closed(written(id), std::move(labels));
    }
    return emit(node, id, type);
}

Checked Checker::check_list_name(SyntaxId id) {
    const auto list = names_.lists.find(at(id).name);
    if (list != names_.lists.end()) {
        ValueList values;
        for (const std::string& text : list->second) values.emplace_back(text);
        return constant(Value(std::move(values)), id, {.kind = Kind::list, .element = Kind::string});
    }
    std::vector<std::string> known;
    for (const auto& [name, values] : names_.lists) known.push_back(name);
    return wrong(id, "unknown list " + written(id), suggestion(known, at(id).name, "lists.", "declare it under lists"));
}

Checked Checker::check_lead(SyntaxId id) {
    const std::string& name = at(id).name;
    const auto made = [&](Op op, Type type, std::string label) {
        Node node{.op = op};
        node.input = input(InputKind::lead, 0, {}, id, std::move(label));
        return emit(node, id, type);
    };
    if (name == "cycle") return made(Op::cycle, {.kind = Kind::integer}, "cycle");
    const bool listed = scope_ == Scope::list;
    if (listed && name == "open") return made(Op::open, {.kind = Kind::boolean}, "open");
    if (listed && name == "owner") return made(Op::owner, {.kind = Kind::string}, "owner");
    if (listed && name == "on_hold") return made(Op::on_hold, {.kind = Kind::boolean}, "on hold");
    if (listed && name == "square_peg") return made(Op::square_peg, {.kind = Kind::boolean}, "square peg");
    Type type{.kind = Kind::string};
    if (listed && name == "hand_off") {
        type.closed = closed(written(id), {"", "open", "accepted", "accepted_by_default", "accepted_implied",
                                           "rejected", "expired", "withdrawn", "imported"});
        return made(Op::hand_off, type, "hand-off");
    }
    if (name == "holder") {
        type.closed = closed(written(id), {"owner", "queue", "nurture", ""});
        return made(Op::holder, type, "holder");
    }
    std::vector<std::string> stages = names_.stages;
    if (name == "furthest" && !stages.empty()) stages.emplace_back();
    type.closed = closed(written(id), std::move(stages));
    if (name == "stage") return made(Op::stage, type, "stage");
    if (name == "furthest") return made(Op::furthest, type, "furthest stage");
    return wrong(id, "unknown name " + written(id),
                 suggestion(listed ? std::vector<std::string>{"stage", "cycle", "furthest", "holder", "open", "owner",
                                                              "hand_off", "on_hold", "square_peg"}
                                   : std::vector<std::string>{"stage", "cycle", "furthest", "holder"},
                            name, "lead."));
}

}  // namespace baton::criteria
