// Scores and classes.
#include <algorithm>

#include "domain/playbook/diff_parts.h"

namespace baton::playbook {
namespace {

std::string points(Decimal n) {
    return to_string(n) + (n == Decimal::whole(1) || n == Decimal::whole(-1) ? " point" : " points");
}

std::string_view tense_now(DecayKind kind) {
    switch (kind) {
        case DecayKind::none: return "now stay";
        case DecayKind::linear: return "now fade to nothing over ";
        case DecayKind::half_life: return "now halve every ";
        case DecayKind::window: return "now count for ";
    }
    return "";
}
std::string_view tense_before(DecayKind kind) {
    switch (kind) {
        case DecayKind::none: return "they stayed";
        case DecayKind::linear: return "they faded over ";
        case DecayKind::half_life: return "they halved every ";
        case DecayKind::window: return "they counted for ";
    }
    return "";
}
std::string with_days(std::string_view words, const Decay& decay) {
    return std::string(words) + (decay.kind == DecayKind::none ? "" : days_in_words(decay.days));
}

/// A rule with where it stands.
struct Standing {
    const ScoreRule* rule;
    const ScoreGroup* group;
    std::string id;
};
std::vector<Standing> rules_of(const Score& score) {
    std::vector<Standing> all;
    for (const ScoreGroup& g : score.groups)
        for (const ScoreRule& r : g.rules) all.push_back({&r, &g, r.id});
    return all;
}

std::string condition(const Compiled& book, const ScoreRule& r) {
    if (r.when) return in_words(book, *r.when, criteria::Scope::fit);
    std::string text = r.on ? fact_label(book.source, r.on->text) : "";
    if (r.where) text += ", where " + in_words(book, *r.where, criteria::Scope::event, r.on->text);
    return text;
}

void limit(Difference& d, const std::string& subject, const std::optional<Decimal>& was,
           const std::optional<Decimal>& is, std::string_view verb) {
    if (was == is) return;
    if (!is) return d.say(subject + " no longer " + std::string(verb) + " at " + to_string(*was) + ".");
    d.say(subject + " now " + std::string(verb) + " at " + to_string(*is) +
          (was ? " instead of " + to_string(*was) : "") + ".");
}

void diff_points(Difference& d, const std::string& name, Decimal was, Decimal is) {
    if (was == is) return;
    d.say("points for " + name + (is > was ? " rise" : " fall") + " from " + to_string(was) + " to " + to_string(is) +
          ".");
}

void diff_rule(Difference& d, const Standing& was, const Standing& is) {
    const ScoreRule& o = *was.rule;
    const ScoreRule& n = *is.rule;
    const std::string name = quoted(n.name.text);
    if (o.name.text != n.name.text) d.say("the rule " + quoted(o.name.text) + " is now called " + name + ".");
    diff_points(d, name, o.points, n.points);
    const std::string old_condition = condition(d.a, o);
    const std::string new_condition = condition(d.b, n);
    const auto text_of = [](const std::optional<Text>& t) { return t ? t->text : std::string(); };
    const bool rewritten =
        text_of(o.when) != text_of(n.when) || text_of(o.on) != text_of(n.on) || text_of(o.where) != text_of(n.where);
    if (rewritten)
        d.say("points for " + name + " are now given for: " + new_condition + " (before: " + old_condition + ").");
    limit(d, "points for " + name, o.cap, n.cap, "end");
    if (o.decay.kind != n.decay.kind || o.decay.days != n.decay.days)
        d.say("points for " + name + " " + with_days(tense_now(n.decay.kind), n.decay) +
              " (before: " + with_days(tense_before(o.decay.kind), o.decay) + ").");
    if (o.once_per != n.once_per) {
        const auto often = [](const std::string& per) {
            return per.empty() ? std::string("every time") : "once per " + per;
        };
        d.say(name + " now counts " + often(n.once_per) + " instead of " + often(o.once_per) + ".");
    }
    d.changed_name(name, "now counts in the group", {was.group->id, quoted(was.group->name.text)},
                   {is.group->id, quoted(is.group->name.text)});
}

void new_rule(Difference& d, const Score& score, const ScoreRule& r) {
    std::string text = quoted(r.name.text) + " (" + condition(d.b, r) + ") now ";
    if (r.points.micros < 0)
        text += "takes " + points({-r.points.micros}) + " from ";
    else
        text += "gives " + points(r.points) + " for ";
    text += score.name.text;
    if (r.decay.kind != DecayKind::none) text += "; they " + with_days(tense_now(r.decay.kind).substr(4), r.decay);
    d.say(text + ".");
}

void diff_groups(Difference& d, const Score& was, const Score& is) {
    match(
        was.groups, is.groups,
        [&](const ScoreGroup& g) {
            if (g.cap)
                d.say("the new group " + quoted(g.name.text) + " of " + is.name.text + " gives at most " +
                      to_string(*g.cap) + ".");
        },
        [&](const ScoreGroup& o, const ScoreGroup& n) {
            if (o.name.text != n.name.text)
                d.say("the group " + quoted(o.name.text) + " of " + is.name.text + " is now called " +
                      quoted(n.name.text) + ".");
            limit(d, "the group " + quoted(n.name.text) + " of " + is.name.text, o.cap, n.cap, "ends");
        },
        [](const ScoreGroup&) {});
}

std::string inactivity_words(const std::optional<Inactivity>& i) {
    if (!i) return "nothing is lost";
    return points({-i->points.micros}) + " after " + days_in_words(i->after_days) +
           (i->every_days > 0 ? " and again every " + days_in_words(i->every_days) : ", once");
}

void diff_score(Difference& d, const Score& was, const Score& is) {
    const std::string& name = is.name.text;
    if (was.name.text != name) d.say("the score " + was.name.text + " is now called " + name + ".");
    if (was.kind != is.kind) d.say(name + " is now a score of another kind.");
    limit(d, name, was.cap, is.cap, "ends");
    limit(d, name, was.floor, is.floor, "stops falling");
    if (inactivity_words(was.inactivity) != inactivity_words(is.inactivity)) {
        if (is.inactivity)
            d.say("without new facts, " + name + " now loses " + inactivity_words(is.inactivity) +
                  " (before: " + inactivity_words(was.inactivity) + ").");
        else
            d.say("without new facts, " + name + " no longer loses " + inactivity_words(was.inactivity) + ".");
    }
    diff_groups(d, was, is);
    match(
        rules_of(was), rules_of(is), [&](const Standing& s) { new_rule(d, is, *s.rule); },
        [&](const Standing& o, const Standing& n) { diff_rule(d, o, n); },
        [&](const Standing& s) {
            d.say(quoted(s.rule->name.text) + " no longer counts for " + name + " (before: " + points(s.rule->points) +
                  ").");
        });
}

// ---- classes ------------------------------------------------------------------------------------------------------

struct Label {
    std::string id;
    const Band* band = nullptr;
};
std::vector<Label> labels_of(const Class& c) {
    std::vector<Label> all;
    for (const Band& b : c.bands) all.push_back({b.label, &b});
    return all;
}

std::string bound(const std::optional<Decimal>& at_least) {
    return at_least ? "at least " + to_string(*at_least) : "nothing more";
}

void diff_bands(Difference& d, const Class& was, const Class& is) {
    d.changed_name(is.name.text, "is now decided by", {was.score.text, score_name(d.before(), was.score.text)},
                   {is.score.text, score_name(d.after(), is.score.text)});
    const std::string score = score_name(d.after(), is.score.text);
    match(
        labels_of(was), labels_of(is),
        [&](const Label& l) {
            d.say(is.name.text + " has a new label, " + l.id + ", for " + score + " of " + bound(l.band->at_least) +
                  ".");
        },
        [&](const Label& o, const Label& n) {
            if (o.band->at_least != n.band->at_least)
                d.say(is.name.text + " " + n.id + " now needs " + score + " of " + bound(n.band->at_least) +
                      " instead of " + bound(o.band->at_least) + ".");
        },
        [&](const Label& l) { d.say(is.name.text + " no longer has the label " + l.id + "."); });
}

void diff_cells(Difference& d, const Class& was, const Class& is) {
    d.changed_name(is.name.text, "now has its rows from", {was.rows.text, class_name(d.before(), was.rows.text)},
                   {is.rows.text, class_name(d.after(), is.rows.text)});
    d.changed_name(is.name.text, "now has its columns from",
                   {was.columns.text, class_name(d.before(), was.columns.text)},
                   {is.columns.text, class_name(d.after(), is.columns.text)});
    for (const auto& [row, cells] : is.cells) {
        for (const auto& [column, label] : cells) {
            const auto old_row = was.cells.find(row);
            const auto old_cell = old_row == was.cells.end() ? std::map<std::string, std::string>::const_iterator{}
                                                             : old_row->second.find(column);
            if (old_row == was.cells.end() || old_cell == old_row->second.end())
                d.say(is.name.text + " for " + row + " and " + column + " is " + label + ".");
            else
                d.changed(is.name.text + " for " + row + " and " + column, "is now", old_cell->second, label);
        }
    }
}

/// Rows of the same label are told apart by their turn.
const ClassRule* row_like(const std::vector<ClassRule>& rows, const ClassRule& like, std::size_t turn) {
    for (const ClassRule& row : rows)
        if (row.label == like.label && turn-- == 0) return &row;
    return nullptr;
}
std::size_t turn_of(const std::vector<ClassRule>& rows, std::size_t index) {
    return static_cast<std::size_t>(std::count_if(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(index),
                                                  [&](const ClassRule& r) { return r.label == rows[index].label; }));
}

void diff_class_rules(Difference& d, const Class& was, const Class& is) {
    std::vector<std::string> old_order, new_order;
    for (std::size_t i = 0; i < is.rules.size(); ++i) {
        const ClassRule* old_row = row_like(was.rules, is.rules[i], turn_of(is.rules, i));
        const Subject subject{is.name.text + " " + is.rules[i].label, "reached"};
        if (old_row == nullptr)
            d.say(is.name.text + " has a new way to the label " + is.rules[i].label + ".");
        else
            new_order.push_back(is.rules[i].label);
        diff_criteria(d, subject, old_row == nullptr ? Criteria{} : old_row->criteria, is.rules[i].criteria);
        if (old_row != nullptr && is.rules[i].criteria.empty() && !old_row->criteria.empty())
            d.say(subject.name + " is now for all the rest.");
    }
    for (std::size_t i = 0; i < was.rules.size(); ++i) {
        if (row_like(is.rules, was.rules[i], turn_of(was.rules, i)) == nullptr)
            d.say(is.name.text + " has one way less to the label " + was.rules[i].label + ".");
        else
            old_order.push_back(was.rules[i].label);
    }
    if (old_order != new_order)
        d.say("the labels of " + is.name.text + " are now tried in this order: " + listed(new_order, "then") + ".");
}

void diff_class(Difference& d, const Class& was, const Class& is) {
    if (was.name.text != is.name.text) d.say("the class " + was.name.text + " is now called " + is.name.text + ".");
    if (was.kind != is.kind)
        return d.say(is.name.text + " is now decided in another way: by " +
                     (is.kind == ClassKind::bands    ? "a score."
                      : is.kind == ClassKind::matrix ? "a matrix."
                                                     : "rules."));
    switch (is.kind) {
        case ClassKind::bands: return diff_bands(d, was, is);
        case ClassKind::matrix: return diff_cells(d, was, is);
        case ClassKind::rules: return diff_class_rules(d, was, is);
    }
}

}  // namespace

void diff_scores(Difference& d) {
    match(
        d.before().scores, d.after().scores,
        [&](const Score& s) {
            d.say("there is a new score, " + s.name.text + ".");
            for (const Standing& r : rules_of(s)) new_rule(d, s, *r.rule);
        },
        [&](const Score& was, const Score& is) { diff_score(d, was, is); },
        [&](const Score& s) { d.say("the score " + s.name.text + " is gone."); });
}

void diff_classes(Difference& d) {
    match(
        d.before().classes, d.after().classes,
        [&](const Class& c) {
            d.say("there is a new class, " + c.name.text + ", with the labels " + listed(c.labels) + ".");
        },
        [&](const Class& was, const Class& is) { diff_class(d, was, is); },
        [&](const Class& c) { d.say("the class " + c.name.text + " is gone."); });
}

}  // namespace baton::playbook
