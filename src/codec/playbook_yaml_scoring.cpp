// Sections `scores` and `classes`.
#include <algorithm>

#include "codec/playbook_keys.h"
#include "codec/playbook_reader.h"

namespace baton::codec {
namespace {

using namespace playbook;

Decay read_decay(const Map& rule) {
    const YamlNode* node = rule.find("decay");
    if (node == nullptr) return {};
    const Map map(rule.problems(), *node, keys::decay);
    Decay decay;
    int kinds = 0;
    const auto take = [&](std::string_view key, DecayKind kind) {
        if (!map.has(key)) return;
        ++kinds;
        if (const auto days = map.days(key)) decay = {kind, *days};
    };
    take("half_life", DecayKind::half_life);
    take("linear", DecayKind::linear);
    take("window", DecayKind::window);
    if (kinds != 1 && node->kind == YamlKind::map)
        rule.problems().error(node->place, "a decay has exactly one of half_life, linear and window",
                              "write {half_life: 30d}");
    return decay;
}

ScoreRule read_rule(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::score_rule);
    ScoreRule rule;
    rule.name = map.placed("name");
    rule.id = map.id("id");
    if (rule.id.empty()) rule.id = id_from_name(rule.name.text);
    rule.when = map.expression("when");
    rule.on = map.maybe("on");
    rule.where = map.expression("where");
    rule.points = map.decimal("points").value_or(Decimal{});
    rule.cap = map.decimal("cap");
    rule.decay = read_decay(map);
    rule.once_per = map.text("once_per");
    return rule;
}

ScoreGroup read_group(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::score_group);
    ScoreGroup group{map.id("id"), map.placed("name"), map.decimal("cap"), read_all(map, "rules", read_rule)};
    if (group.id.empty()) group.id = id_from_name(group.name.text);
    return group;
}

std::optional<Inactivity> read_inactivity(const Map& score) {
    const YamlNode* node = score.find("inactivity");
    if (node == nullptr) return std::nullopt;
    const Map map(score.problems(), *node, keys::inactivity);
    return Inactivity{map.days("after").value_or(0), map.decimal("points").value_or(Decimal{}),
                      map.days("every").value_or(0)};
}

ClassRule read_class_rule(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::class_rule);
    return {map.text("label"), read_criteria(map), map.place()};
}

Band read_band(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::band);
    return {map.text("label"), map.decimal("at_least")};
}

/// Row label → column label → label; `labels` collects the labels in the order of the document.
void read_row(Problems& problems, const YamlNode& row, std::map<std::string, std::string>& cells,
              std::vector<std::string>& labels) {
    if (row.kind != YamlKind::map) {
        problems.error(row.place, "a row of 'cells' must be a map of column labels", "write A: {hot: A1, cool: A2}");
        return;
    }
    for (std::size_t i = 0; i < row.items.size(); ++i) {
        const auto text = read_text(problems, row.items[i], row.keys[i].text);
        if (!text) continue;
        if (!cells.emplace(row.keys[i].text, text->text).second)
            problems.error(row.keys[i].place, "the column '" + row.keys[i].text + "' stands twice in this row",
                           "keep one of the two");
        if (std::find(labels.begin(), labels.end(), text->text) == labels.end()) labels.push_back(text->text);
    }
}

void read_matrix(Problems& problems, const YamlNode& node, Class& result) {
    const Map map(problems, node, keys::matrix);
    result.rows = map.placed("rows");
    result.columns = map.placed("columns");
    const YamlNode* cells = map.find("cells");
    if (cells == nullptr) return;
    if (cells->kind != YamlKind::map) {
        problems.error(cells->place, "'cells' must be a map of row labels", "write cells: {A: {hot: A1, cool: A2}}");
        return;
    }
    for (std::size_t i = 0; i < cells->items.size(); ++i) {
        if (result.cells.contains(cells->keys[i].text))
            problems.error(cells->keys[i].place, "the row '" + cells->keys[i].text + "' stands twice",
                           "keep one of the two");
        read_row(problems, cells->items[i], result.cells[cells->keys[i].text], result.labels);
    }
}

void add_labels(Class& result) {
    const auto add = [&](const std::string& label) {
        if (std::find(result.labels.begin(), result.labels.end(), label) == result.labels.end())
            result.labels.push_back(label);
    };
    for (const Band& band : result.bands) add(band.label);
    for (const ClassRule& rule : result.rules) add(rule.label);
}

}  // namespace

Score read_score(Problems& problems, const YamlNode& node) {
    static const std::vector<std::string> kinds = {"fit", "behaviour", "total"};
    const Map map(problems, node, keys::score);
    Score score;
    score.place = map.place();
    score.id = map.identifier("id");
    score.name = map.has("name") ? map.placed("name") : Text{score.id, map.place()};
    score.kind = static_cast<ScoreKind>(map.choice("kind", kinds, 0));
    score.cap = map.decimal("cap");
    score.floor = map.decimal("floor");
    score.groups = read_all(map, "groups", read_group);
    score.inactivity = read_inactivity(map);
    return score;
}

Class read_class(Problems& problems, const YamlNode& node) {
    const Map map(problems, node, keys::class_);
    Class result;
    result.place = map.place();
    result.id = map.identifier("id");
    result.name = map.has("name") ? map.placed("name") : Text{result.id, map.place()};
    result.score = map.placed("score");
    result.bands = read_all(map, "bands", read_band);
    result.rules = read_all(map, "rules", read_class_rule);
    if (const YamlNode* matrix = map.find("matrix")) read_matrix(problems, *matrix, result);
    result.kind = map.has("matrix") ? ClassKind::matrix : map.has("bands") ? ClassKind::bands : ClassKind::rules;
    const int ways =
        static_cast<int>(map.has("matrix")) + static_cast<int>(map.has("bands")) + static_cast<int>(map.has("rules"));
    if (ways != 1 && node.kind == YamlKind::map)
        problems.error(node.place, "a class has exactly one of bands, matrix and rules",
                       "keep the one that decides the label");
    if (map.has("score") != map.has("bands") && node.kind == YamlKind::map)
        problems.error(node.place, "'score' and 'bands' belong together",
                       map.has("score") ? "add 'bands'" : "add 'score: …'");
    add_labels(result);
    return result;
}

}  // namespace baton::codec
