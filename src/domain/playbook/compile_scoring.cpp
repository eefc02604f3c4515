// Account counts, scores and classes.
#include <algorithm>

#include "domain/playbook/compiler.h"
#include "domain/playbook/decay.h"
#include "domain/playbook/suggest.h"

namespace baton::playbook {

using criteria::Scope;

void Compiler::aggregates() {
    for (const Aggregate& a : source_.aggregates) out_.aggregates.push_back(expression(a.when, Scope::member));
}

// ---- scores -------------------------------------------------------------------------------------------------------

void Compiler::check_limits(const std::optional<Decimal>& cap, Place place, std::string_view what) {
    if (cap && cap->micros < 0)
        error(place, std::string(what) + " has a cap of " + to_string(*cap) + ", below 0",
              "a cap is the most it can count either way: write it without the minus");
}

void Compiler::check_score(const Score& score) {
    const std::string name = "the score '" + score.id + "'";
    if (score.cap && score.floor && *score.floor > *score.cap)
        error(score.place,
              name + " has a floor of " + to_string(*score.floor) + " above its cap of " + to_string(*score.cap),
              "swap the two");
    if (score.kind == ScoreKind::total && !score.groups.empty())
        error(score.place, name + " is of kind total and cannot have rules of its own",
              "move its groups to a score of kind fit or behaviour");
    if (score.kind != ScoreKind::behaviour && score.inactivity)
        error(score.place, name + " cannot have inactivity: only behaviour wanes",
              "move it to a score of kind behaviour");
    if (!score.inactivity) return;
    if (score.inactivity->after_days <= 0)
        error(score.place, name + " has inactivity after 0 days", "write after: 30d");
    if (score.inactivity->points.micros >= 0)
        error(score.place, name + " gives points for inactivity",
              "inactivity takes points away: write them with a minus");
}

void Compiler::check_rule(const Score& score, const ScoreRule& rule) {
    const std::string name = "the rule '" + rule.name.text + "'";
    const Place place = rule.name.place;
    check_limits(rule.cap, place, name);
    if (rule.decay.kind != DecayKind::none && rule.decay.days <= 0)
        error(place, name + " has a decay of 0 days", "write 1d or more, or take the decay out");
    if (!rule.when && !rule.on) {
        error(place, name + " has neither 'when' nor 'on', so it can never give points",
              score.kind == ScoreKind::behaviour ? "add 'on: …', the fact it counts"
                                                 : "add 'when: …', a condition on the person");
    } else if (score.kind == ScoreKind::behaviour && rule.when) {
        error(rule.when->place, name + " has 'when', but behaviour counts facts",
              "use 'on' with 'where', or move the rule to a score of kind fit");
    } else if (score.kind == ScoreKind::fit && rule.on) {
        error(rule.on->place, name + " has 'on', but fit judges attributes",
              "use 'when', or move the rule to a score of kind behaviour");
    }
    if (score.kind == ScoreKind::fit && (rule.where || rule.decay.kind != DecayKind::none || !rule.once_per.empty()))
        error(place, name + " has 'where', 'decay' or 'once_per', which only behaviour knows",
              "move the rule to a score of kind behaviour");
}

/// Entries are a function of the fact alone, or a late attribute would rewrite the past.
void Compiler::check_where(const ScoreRule& rule, const criteria::Expression& where) {
    if (!where.valid()) return;
    for (const criteria::Input& input : where.inputs())
        if (input.kind != criteria::InputKind::event)
            error(rule.where->place,
                  "'where' of the rule '" + rule.name.text + "' reads " + input.name + ", but it judges the fact alone",
                  "read event.… and lists only; conditions on the person belong to a score of kind fit or to criteria");
}

void Compiler::score_rule(const Score& score, const ScoreRule& rule, ScoreIndex index, std::uint16_t group) {
    check_rule(score, rule);
    CompiledScoreRule r{.score = index,
                        .group = group,
                        .id = rule.id,
                        .name = rule.name.text,
                        .when = {},
                        .where = {},
                        .on = {},
                        .points = rule.points,
                        .cap = rule.cap,
                        .decay = rule.decay,
                        .worth = worth_by_age(rule.points, rule.decay),
                        .once_per = rule.once_per};
    if (rule.when) r.when = expression(*rule.when, Scope::fit);
    if (rule.on) {
        r.on = out_.type(rule.on->text);
        const auto properties = event_properties(rule.on->text);
        if (rule.where) {
            r.where = expression(*rule.where, Scope::event, properties);
            check_where(rule, r.where);
        }
        const auto known = [&](const criteria::DeclaredProperty& p) { return p.id == rule.once_per; };
        if (!rule.once_per.empty() && !properties.empty() && std::none_of(properties.begin(), properties.end(), known))
            error(rule.name.place,
                  "the rule '" + rule.name.text + "' counts once per '" + rule.once_per + "', which facts of type '" +
                      rule.on->text + "' do not have",
                  "declare the property under 'facts' or name another");
    }
    out_.score_rules.push_back(std::move(r));
}

void Compiler::score(const Score& source, ScoreIndex index) {
    check_score(source);
    CompiledScore out{.id = source.id,
                      .name = source.name.text,
                      .kind = source.kind,
                      .cap = source.cap,
                      .floor = source.floor,
                      .groups = {},
                      .inactivity = source.inactivity,
                      .may_rise = true};
    check_limits(source.cap, source.place, "the score '" + source.id + "'");
    for (const ScoreGroup& group : source.groups) {
        check_limits(group.cap, group.name.place, "the group '" + group.name.text + "'");
        CompiledGroup g{group.name.text, group.cap, {}};
        for (const ScoreRule& rule : group.rules) {
            g.rules.push_back({static_cast<std::uint16_t>(out_.score_rules.size())});
            score_rule(source, rule, index, static_cast<std::uint16_t>(out.groups.size()));
        }
        out.groups.push_back(std::move(g));
    }
    out_.scores.push_back(std::move(out));
}

void Compiler::scores() {
    const Score* total = nullptr;
    for (std::size_t i = 0; i < source_.scores.size(); ++i) {
        const Score& s = source_.scores[i];
        if (s.kind == ScoreKind::total && total != nullptr)
            error(s.place, "'" + s.id + "' is a second score of kind total",
                  "keep one; '" + total->id + "' adds up all others already");
        if (s.kind == ScoreKind::total) total = &s;
        score(s, {static_cast<std::uint16_t>(i)});
    }
    out_.total = out_.score(source_.total_score);
}

// ---- classes ------------------------------------------------------------------------------------------------------

void Compiler::bands(const Class& source, CompiledClass& out) {
    const int score = find(source.score, score_ids_, "score");
    out.score = {static_cast<std::uint16_t>(std::max(score, 0))};
    out.bands = source.bands;
    if (source.bands.empty())
        error(source.place, "the class '" + source.id + "' has no bands",
              "write bands: [{label: A, at_least: 70}, {label: B}]");
}

void Compiler::check_cells(const Class& source, const Class& rows, const Class& columns) {
    for (const std::string& row : rows.labels) {
        const auto line = source.cells.find(row);
        for (const std::string& column : columns.labels)
            if (line == source.cells.end() || !line->second.contains(column))
                error(source.place, "the matrix '" + source.id + "' has no cell for " + row + " and " + column,
                      "add it under cells: " + row + ": {" + column + ": …}");
    }
    for (const auto& [row, cells] : source.cells) {
        if (std::find(rows.labels.begin(), rows.labels.end(), row) == rows.labels.end())
            error(source.place,
                  "the matrix '" + source.id + "' has a row '" + row + "', which is no label of '" + rows.id + "'",
                  did_you_mean(row, rows.labels));
        for (const auto& [column, label] : cells)
            if (std::find(columns.labels.begin(), columns.labels.end(), column) == columns.labels.end())
                error(source.place,
                      "the matrix '" + source.id + "' has a column '" + column + "', which is no label of '" +
                          columns.id + "'",
                      did_you_mean(column, columns.labels));
    }
}

void Compiler::matrix(const Class& source, CompiledClass& out, std::size_t position) {
    for (const auto& [row, cells] : source.cells)
        for (const auto& [column, label] : cells) out.cells.push_back({row, column, label});
    const auto side = [&](const Text& name) {
        const int index = find(name, class_ids_, "class");
        if (index < 0) return index;
        const Class& other = source_.classes[static_cast<std::size_t>(index)];
        if (other.kind != ClassKind::bands) {
            error(name.place,
                  "the matrix '" + source.id + "' needs classes made of bands, and '" + other.id + "' is not",
                  "name a class with 'score' and 'bands'");
        } else if (static_cast<std::size_t>(index) >= position) {
            error(name.place, "the matrix '" + source.id + "' reads '" + other.id + "', which is decided later",
                  "move '" + other.id + "' above it");
        } else {
            return index;
        }
        return -1;
    };
    const int rows = side(source.rows);
    const int columns = side(source.columns);
    if (rows < 0 || columns < 0) return;
    out.row_class = {static_cast<std::uint16_t>(rows)};
    out.column_class = {static_cast<std::uint16_t>(columns)};
    check_cells(source, source_.classes[static_cast<std::size_t>(rows)],
                source_.classes[static_cast<std::size_t>(columns)]);
}

/// A class of kind rules may read what is decided before it, or it would wait for itself.
void Compiler::check_class_inputs(ClauseIndex index, std::size_t position) {
    const criteria::Expression& when = out_.clauses[index.value].when;
    const Clause& clause = *origins_[index.value].clause;
    if (!when.valid()) return;
    for (const criteria::Input& input : when.inputs()) {
        if (input.kind != criteria::InputKind::label || input.index < position) continue;
        const std::string& self = source_.classes[position].id;
        const std::string& other = class_ids_[input.index];
        if (self == other) {
            error(clause.when.place, "the class '" + self + "' reads itself",
                  "take " + input.name + " out of the clause '" + clause.name.text + "'");
        } else {
            error(clause.when.place, "the class '" + self + "' reads '" + other + "', which is decided later",
                  "move '" + other + "' above it; if that one reads '" + self + "', one of the two must give way");
        }
    }
}

void Compiler::class_rules(const Class& source, CompiledClass& out, std::size_t position) {
    if (source.rules.empty())
        error(source.place, "the class '" + source.id + "' has no rules",
              "write rules: [{label: A, all: […]}, {label: B}]");
    for (const ClassRule& rule : source.rules) {
        out.rows.push_back({rule.label, criteria(rule.criteria)});
        for (const auto* list :
             {&out.rows.back().criteria.all, &out.rows.back().criteria.any, &out.rows.back().criteria.none})
            for (const ClauseIndex clause : *list) check_class_inputs(clause, position);
    }
}

void Compiler::classes() {
    for (std::size_t i = 0; i < source_.classes.size(); ++i) {
        const Class& source = source_.classes[i];
        CompiledClass out{.id = source.id,
                          .name = source.name.text,
                          .kind = source.kind,
                          .labels = source.labels,
                          .rows = {},
                          .score = {},
                          .bands = {},
                          .row_class = {},
                          .column_class = {},
                          .cells = {}};
        switch (source.kind) {
            case ClassKind::bands: bands(source, out); break;
            case ClassKind::matrix: matrix(source, out, i); break;
            case ClassKind::rules: class_rules(source, out, i); break;
        }
        out_.classes.push_back(std::move(out));
    }
}

}  // namespace baton::playbook
