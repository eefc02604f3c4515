// Sections `stages`, `transitions`, `hand_offs`, `routing`, `programs` and `commitments`.
#include "codec/playbook_keys.h"
#include "codec/playbook_reader.h"

namespace baton::codec {
namespace {

using namespace playbook;

constexpr std::string_view action_words[] = {"notify", "task", "enrol", "webhook", "set_field", "start_clock"};
constexpr std::string_view step_words[] = {"mail", "sms", "web", "social", "task", "wait"};

void set_subject(Action& action, std::string text) {
    if (action.kind == ActionKind::task) {
        action.text = std::move(text);
    } else if (action.kind != ActionKind::set_field) {
        action.target = std::move(text);
    } else {
        const std::size_t equals = text.find('=');
        const auto trimmed = [](std::string_view s) {
            const std::size_t first = s.find_first_not_of(' ');
            return first == std::string_view::npos ? std::string()
                                                   : std::string(s.substr(first, s.find_last_not_of(' ') - first + 1));
        };
        action.target = trimmed(std::string_view(text).substr(0, equals));
        action.text = equals == std::string::npos ? std::string() : trimmed(std::string_view(text).substr(equals + 1));
    }
}

Action read_action(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::action);
    Action action;
    action.place = map.place();
    int kinds = 0;
    for (std::size_t i = 0; i < std::size(action_words); ++i) {
        if (!map.has(action_words[i])) continue;
        ++kinds;
        action.kind = static_cast<ActionKind>(i);
        set_subject(action, map.text(action_words[i]));
    }
    if (kinds != 1 && node.kind == YamlKind::map)
        problems.error(node.place,
                       "an action is exactly one of notify, task, enrol, webhook, set_field and start_clock",
                       kinds == 0 ? "add one, such as 'task: Call within the hour'" : "make it several actions");
    if (action.kind == ActionKind::set_field && kinds == 1 && (action.target.empty() || action.text.empty()))
        problems.error(node.place, "set_field needs a property and a value", "write set_field: property = value");
    if (map.has("text") && (action.kind == ActionKind::task || action.kind == ActionKind::set_field))
        problems.error(node.place, "'text' adds nothing to a task or set_field", "take it out");
    else if (map.has("text"))
        action.text = map.text("text");
    action.responsible = map.text("responsible");
    action.within = map.duration("within");
    action.proof = map.text("proof");
    return action;
}

std::optional<Sla> read_sla(const Map& stage) {
    const YamlNode* node = stage.find("sla");
    if (node == nullptr) return std::nullopt;
    const Map map(stage.problems(), *node, keys::sla);
    return Sla{map.duration("within"), map.text("calendar"), map.text("act"), map.text("on_breach"), map.place()};
}

std::string read_hold(const Map& map) {
    static const std::vector<std::string> words = {"nurture"};
    if (!map.has("hold")) return {};
    return words[map.choice("hold", words, 0)];
}

/// One text or a list of texts, each with its place.
std::vector<Text> one_or_more(const Map& map, std::string_view key) {
    std::vector<Text> all;
    const YamlNode* node = map.find(key);
    if (node == nullptr) return all;
    if (node->kind != YamlKind::list) {
        if (auto text = map.maybe(key)) all.push_back(std::move(*text));
        return all;
    }
    for (const YamlNode& item : node->items)
        if (auto text = read_text(map.problems(), item, key)) all.push_back(std::move(*text));
    if (node->items.empty())
        map.problems().error(node->place, "'" + std::string(key) + "' names nothing", "name at least one");
    return all;
}

Criteria criteria_under(const Map& map, std::string_view key) {
    const YamlNode* node = map.find(key);
    if (node == nullptr) return {};
    return read_criteria(Map(map.problems(), *node, keys::criteria));
}

ProgramStep read_step(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::program_step);
    ProgramStep step;
    for (const std::string_view word : step_words) {
        if (!map.has(word)) continue;
        step.kind = word;
        if (word == "wait") {
            step.wait = map.duration(word);
        } else {
            step.text = map.text(word);
        }
    }
    if (node.kind == YamlKind::map && node.keys.size() != 1)
        problems.error(node.place, "a step is exactly one of mail, sms, web, social, task and wait",
                       "write {mail: What is new} or {wait: 14d}");
    return step;
}

}  // namespace

Stage read_stage(Problems& problems, const YamlNode& node) {
    static const std::vector<std::string> kinds = {"marketing", "sales", "customer", "closed"};
    static const std::vector<std::string> outcomes = {"won", "lost"};
    const Map map(problems, node, keys::stage);
    Stage stage;
    stage.place = map.place();
    stage.id = map.id("id");
    stage.name = map.placed("name");
    stage.definition = map.text("definition");
    stage.kind = static_cast<StageKind>(map.choice("kind", kinds, 0));
    stage.before_lead = map.flag("before_lead", false);
    const std::size_t outcome = map.choice("outcome", outcomes, 2);
    stage.won = outcome == 0;
    stage.lost = outcome == 1;
    stage.owner = map.placed("owner");
    stage.metric = map.text("metric");
    stage.enter = criteria_under(map, "enter");
    stage.observed_by = one_or_more(map, "observed_by");
    stage.hold = read_hold(map);
    stage.dwell_max = map.duration("dwell");
    stage.sla = read_sla(map);
    stage.on_enter = read_all(map, "on_enter", read_action);
    stage.on_leave = read_all(map, "on_leave", read_action);
    return stage;
}

Arrow read_transition(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::transition);
    Arrow arrow;
    arrow.place = map.place();
    arrow.id = map.id("id");
    arrow.from = one_or_more(map, "from");
    arrow.to = map.placed("to");
    arrow.label = map.placed("label");
    arrow.when = criteria_under(map, "when");
    arrow.on = map.maybe("on");
    arrow.after = map.duration("after");
    arrow.by = map.text("by");
    arrow.reasons = map.placed("reasons");
    arrow.new_cycle = map.flag("new_cycle", arrow.on && (arrow.on->text == "reject" || arrow.on->text == "return"));
    arrow.hold = read_hold(map);
    arrow.wake_after_days = map.days("wake_after");
    arrow.actions = read_all(map, "actions", read_action);
    return arrow;
}

HandOff read_hand_off(Problems& problems, const YamlNode& node) {
    static const std::vector<std::string> ends = {"stays_open", "accepted", "expired"};
    const Map map(problems, node, keys::hand_off);
    HandOff hand_off;
    hand_off.place = map.place();
    hand_off.id = map.id("id");
    hand_off.name = map.has("name") ? map.placed("name") : Text{hand_off.id, map.place()};
    hand_off.at = map.placed("at");
    hand_off.from = map.placed("from");
    hand_off.to = map.placed("to");
    if (const YamlNode* silence = map.find("silence")) {
        const Map inner(problems, *silence, keys::silence);
        hand_off.silence_after = inner.duration("after");
        hand_off.silence = static_cast<SilenceEnd>(inner.choice("then", ends, 0));
    }
    return hand_off;
}

Route read_route(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::route);
    return {map.text("name"), map.expression("when"), map.text("to"), map.place()};
}

Program read_program(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::program);
    Program program;
    program.id = map.id("id");
    program.name = map.text("name");
    program.goal = map.text("goal");
    program.entry = map.expression("entry");
    program.exit = map.expression("exit");
    program.responsible = map.text("responsible");
    program.steps = read_all(map, "steps", read_step);
    program.place = map.place();
    return program;
}

Commitment read_commitment(Problems& problems, const YamlNode& node) {
    static const std::vector<std::string> periods = {"lead", "day", "week", "month", "quarter", "year"};
    const Map map(problems, node, keys::commitment);
    Commitment commitment;
    commitment.team = map.text("team");
    commitment.what = map.text("what");
    commitment.per = periods[map.choice("per", periods, 0)];
    commitment.segment = map.text("segment");
    commitment.number = map.whole("number").value_or(0);
    commitment.place = map.place();
    return commitment;
}

}  // namespace baton::codec
