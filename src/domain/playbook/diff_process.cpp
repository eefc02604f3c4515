// Stages and transitions.
#include <algorithm>

#include "domain/playbook/diff_parts.h"

namespace baton::playbook {
namespace {

// ---- stages -------------------------------------------------------------------------------------------------------

std::vector<Named> labels_of(const Playbook& book, const std::vector<Text>& types) {
    std::vector<Named> labels;
    for (const Text& t : types) labels.push_back({t.text, fact_label(book, t.text)});
    return labels;
}

std::string outcome(const Stage& s) { return s.won ? "as won" : s.lost ? "as lost" : "without an outcome"; }

void diff_sla(Difference& d, const std::string& name, const std::optional<Sla>& was, const std::optional<Sla>& is) {
    const auto words = [](const Sla& sla) {
        std::string text = sla.act.empty() ? "" : spaced(sla.act) + " ";
        if (sla.within) text += "within " + in_words(*sla.within);
        return text + (sla.calendar.empty() ? "" : " (" + spaced(sla.calendar) + ")");
    };
    if (!was && !is) return;
    if (!was) return d.say("in " + name + " there is now a promise: " + words(*is) + ".");
    if (!is) return d.say("in " + name + " there is no promise any more (before: " + words(*was) + ").");
    if (words(*was) != words(*is))
        d.say("the promise in " + name + " is now " + words(*is) + " instead of " + words(*was) + ".");
    d.changed("after a broken promise in " + name + ", what follows", "is now",
              was->on_breach.empty() ? "" : quoted(was->on_breach), is->on_breach.empty() ? "" : quoted(is->on_breach));
}

void diff_dwell(Difference& d, const std::string& name, const Stage& was, const Stage& is) {
    if (was.dwell_max == is.dwell_max) return;
    if (!is.dwell_max)
        return d.say("leads may now stay in " + name + " as long as they like (before: " + in_words(*was.dwell_max) +
                     ").");
    d.say("leads may now stay in " + name + " at most " + in_words(*is.dwell_max) +
          (was.dwell_max ? " instead of " + in_words(*was.dwell_max) : "") + ".");
}

void diff_stage(Difference& d, const Stage& was, const Stage& is) {
    const std::string& name = is.name.text;
    d.changed(was.name.text, "is now called", "", was.name.text == name ? "" : name);
    if (was.definition != is.definition)
        d.say(name + " is now defined as " + quoted(is.definition) + " (before: " + quoted(was.definition) + ").");
    d.changed(name, "is now a stage of kind", std::string(to_string(was.kind)), std::string(to_string(is.kind)));
    d.changed_name(name, "is now owned by", {was.owner.text, team_name(d.before(), was.owner.text)},
                   {is.owner.text, team_name(d.after(), is.owner.text)});
    d.changed(name, "now ends the lead", outcome(was), outcome(is));
    d.changed(name, "is now measured by", was.metric.empty() ? "" : quoted(was.metric),
              is.metric.empty() ? "" : quoted(is.metric));
    if (was.before_lead != is.before_lead)
        d.say(is.before_lead ? "people in " + name + " are no longer leads." : "people in " + name + " are now leads.");
    if (was.hold != is.hold)
        d.say("leads in " + name + (is.hold.empty() ? " are no longer held by nurture." : " are now held by nurture."));
    diff_criteria(d, {name, "reached"}, was.enter, is.enter);
    d.came_and_went(
        labels_of(d.before(), was.observed_by), labels_of(d.after(), is.observed_by),
        [&](const std::string& label) {
            d.say("whoever " + label + " now counts as " + name + ", from wherever they stood.");
        },
        [&](const std::string& label) {
            d.say("whoever " + label + " no longer counts as " + name + " by that alone.");
        });
    diff_sla(d, name, was.sla, is.sla);
    diff_dwell(d, name, was, is);
    diff_actions(d, "on entering " + name + ",", was.on_enter, is.on_enter);
    diff_actions(d, "on leaving " + name + ",", was.on_leave, is.on_leave);
}

void new_stage(Difference& d, const Stage& stage) {
    std::string text = "there is a new stage, " + stage.name.text;
    if (!stage.owner.text.empty()) text += ", owned by " + team_name(d.after(), stage.owner.text);
    if (!stage.definition.empty()) text += ": " + stage.definition;
    d.say(text.ends_with('.') ? text : text + ".");
    diff_criteria(d, {stage.name.text, "reached"}, {}, stage.enter);
}

/// Names of `list` that stand in the other one too, in order.
template <class List>
std::vector<std::string> common(const List& list, const List& other) {
    std::vector<std::string> ids;
    for (const auto& item : list)
        if (by_id(other, item.id) != nullptr) ids.push_back(item.id);
    return ids;
}

// ---- transitions --------------------------------------------------------------------------------------------------

std::vector<std::string> from_names(const Playbook& book, const Arrow& arrow) {
    std::vector<std::string> names;
    for (const Text& from : arrow.from) names.push_back(stage_name(book, from.text));
    return names;
}

std::vector<Named> from_keys(const Playbook& book, const Arrow& arrow) {
    std::vector<Named> keys;
    for (const Text& from : arrow.from) keys.push_back({from.text, stage_name(book, from.text)});
    return keys;
}

std::string move_name(const Playbook& book, const Arrow& arrow) {
    return "the move from " + listed(from_names(book, arrow), "or") + " to " + stage_name(book, arrow.to.text);
}

/// "when Sales accepts", "on \"asked for a demo\"", "after 90 days", "".
std::string trigger_with_link(const Playbook& book, const Arrow& arrow) {
    std::string words = trigger_in_words(book, arrow);
    if (words.empty() || arrow.after) return words;
    return is_arrow_verb(arrow.on->text) ? "when " + words : "on " + quoted(words);
}

std::string how(const Compiled& book, const Arrow& arrow) {
    std::vector<std::string> parts;
    for (const Clause& c : arrow.when.all) parts.push_back(clause_in_words(book, c));
    std::vector<std::string> any;
    for (const Clause& c : arrow.when.any) any.push_back(clause_in_words(book, c));
    if (!any.empty()) parts.push_back(listed(any, "or"));
    std::vector<std::string> none;
    for (const Clause& c : arrow.when.none) none.push_back(clause_in_words(book, c));
    std::string text = trigger_with_link(book.source, arrow);
    if (!parts.empty()) text += (text.empty() ? "if " : ", if ") + listed(parts);
    if (!none.empty()) text += (text.empty() ? "unless " : ", unless ") + listed(none, "or");
    return text.empty() ? "when the criteria of " + stage_name(book.source, arrow.to.text) + " hold" : text;
}

std::string on_of(const Arrow& a) { return a.on ? a.on->text : std::string(); }
bool shares_from(const Arrow& x, const Arrow& y) {
    return std::any_of(x.from.begin(), x.from.end(), [&](const Text& f) {
        return std::any_of(y.from.begin(), y.from.end(), [&](const Text& g) { return f.text == g.text; });
    });
}

/// Which old transition a new one continues: by id, else by what they have in common, best first.
std::vector<const Arrow*> partners(const std::vector<Arrow>& was, const std::vector<Arrow>& is) {
    std::vector<const Arrow*> partner(is.size(), nullptr);
    std::vector<bool> used(was.size(), false);
    const auto pass = [&](auto same) {
        for (std::size_t n = 0; n < is.size(); ++n) {
            for (std::size_t o = 0; o < was.size() && partner[n] == nullptr; ++o) {
                if (used[o] || !same(was[o], is[n])) continue;
                partner[n] = &was[o];
                used[o] = true;
            }
        }
    };
    const auto same_from = [](const Arrow& x, const Arrow& y) {
        return std::equal(x.from.begin(), x.from.end(), y.from.begin(), y.from.end(),
                          [](const Text& f, const Text& g) { return f.text == g.text; });
    };
    pass([](const Arrow& x, const Arrow& y) { return !x.id.empty() && x.id == y.id; });
    pass([&](const Arrow& x, const Arrow& y) {
        return x.to.text == y.to.text && on_of(x) == on_of(y) && x.after.has_value() == y.after.has_value() &&
               same_from(x, y);
    });
    pass([](const Arrow& x, const Arrow& y) {
        return x.to.text == y.to.text && on_of(x) == on_of(y) && shares_from(x, y);
    });
    pass([&](const Arrow& x, const Arrow& y) { return x.after && y.after && same_from(x, y); });
    pass([&](const Arrow& x, const Arrow& y) { return x.on && on_of(x) == on_of(y) && same_from(x, y); });
    pass([&](const Arrow& x, const Arrow& y) { return x.to.text == y.to.text && same_from(x, y); });
    return partner;
}

void diff_consequences(Difference& d, const std::string& move, const Arrow& was, const Arrow& is) {
    if (was.reasons.text != is.reasons.text)
        d.say(is.reasons.text.empty()
                  ? move + " no longer asks for a reason."
                  : move + " now asks for a reason of the list " + quoted(is.reasons.text) +
                        (was.reasons.text.empty() ? "." : " instead of " + quoted(was.reasons.text) + "."));
    if (was.new_cycle != is.new_cycle)
        d.say(move + (is.new_cycle ? " now begins a new cycle: behaviour scores start again."
                                   : " no longer begins a new cycle."));
    if (was.hold != is.hold)
        d.say("after " + move + ", nurture " + (is.hold.empty() ? "no longer holds the lead." : "now holds the lead."));
    if (was.wake_after_days != is.wake_after_days) {
        const auto words = [](const std::optional<std::int64_t>& days) {
            return days ? "for " + days_in_words(*days) : std::string("until something new happens");
        };
        d.say("after " + move + ", the lead is now not offered again " + words(is.wake_after_days) + " instead of " +
              words(was.wake_after_days) + ".");
    }
    diff_actions(d, "with " + move + ",", was.actions, is.actions);
}

void diff_arrow(Difference& d, const Arrow& was, const Arrow& is) {
    const std::string move = move_name(d.after(), is);
    if (was.to.text != is.to.text)
        d.say("the move from " + listed(from_names(d.after(), is), "or") + " " + how(d.b, is) + " now leads to " +
              stage_name(d.after(), is.to.text) + " instead of " + stage_name(d.before(), was.to.text) + ".");
    d.came_and_went(
        from_keys(d.before(), was), from_keys(d.after(), is),
        [&](const std::string& from) {
            d.say("the move to " + stage_name(d.after(), is.to.text) + " " + how(d.b, is) + " can now start from " +
                  from + " too.");
        },
        [&](const std::string& from) {
            d.say("the move to " + stage_name(d.after(), is.to.text) + " " + how(d.b, is) +
                  " can no longer start from " + from + ".");
        });
    if (on_of(was) != on_of(is)) d.say(move + " now happens " + how(d.b, is) + " instead of " + how(d.a, was) + ".");
    if (on_of(was) == on_of(is) && was.after != is.after) {
        const auto words = [](const std::optional<Duration>& after) {
            return after ? "after " + in_words(*after) : std::string("without waiting");
        };
        d.say(move + " now happens " + words(is.after) + " instead of " + words(was.after) + ".");
    }
    if (was.label.text != is.label.text)
        d.say(move + (is.label.text.empty()
                          ? " no longer has a name."
                          : " is now called " + quoted(is.label.text) +
                                (was.label.text.empty() ? "." : " instead of " + quoted(was.label.text) + ".")));
    d.changed_name("for " + move + ", the one who answers", "is now", {was.by, team_name(d.before(), was.by)},
                   {is.by, team_name(d.after(), is.by)});
    if (on_of(was) == on_of(is)) diff_criteria(d, {move, "made"}, was.when, is.when);
    diff_consequences(d, move, was, is);
}

void diff_order(Difference& d, const std::vector<const Arrow*>& partner) {
    std::vector<const Arrow*> sorted;
    for (const Arrow* p : partner)
        if (p != nullptr) sorted.push_back(p);
    if (std::is_sorted(sorted.begin(), sorted.end())) return;
    for (const Stage& stage : d.after().stages) {
        std::vector<const Arrow*> here;
        std::vector<std::string> targets;
        for (std::size_t i = 0; i < partner.size(); ++i) {
            const Arrow& arrow = d.after().arrows[i];
            const bool leaves =
                std::any_of(arrow.from.begin(), arrow.from.end(), [&](const Text& f) { return f.text == stage.id; });
            if (partner[i] == nullptr || !leaves) continue;
            here.push_back(partner[i]);
            targets.push_back(stage_name(d.after(), arrow.to.text) +
                              (arrow.label.text.empty() ? "" : " (" + arrow.label.text + ")"));
        }
        if (!std::is_sorted(here.begin(), here.end()))
            d.say("from " + stage.name.text + ", moves are now tried in this order: " + listed(targets, "then") + ".");
    }
}

}  // namespace

void diff_stages(Difference& d) {
    match(
        d.before().stages, d.after().stages, [&](const Stage& s) { new_stage(d, s); },
        [&](const Stage& was, const Stage& is) { diff_stage(d, was, is); },
        [&](const Stage& s) { d.say("the stage " + s.name.text + " is gone."); });
    if (common(d.before().stages, d.after().stages) == common(d.after().stages, d.before().stages)) return;
    std::vector<std::string> names;
    for (const Stage& s : d.after().stages) names.push_back(s.name.text);
    d.say("the stages now stand in this order: " + listed(names, "then") + ".");
}

void diff_transitions(Difference& d) {
    const std::vector<Arrow>& was = d.before().arrows;
    const std::vector<Arrow>& is = d.after().arrows;
    const std::vector<const Arrow*> partner = partners(was, is);
    for (std::size_t i = 0; i < is.size(); ++i) {
        if (partner[i] != nullptr) {
            diff_arrow(d, *partner[i], is[i]);
        } else {
            d.say("a lead can now move from " + listed(from_names(d.after(), is[i]), "or") + " to " +
                  stage_name(d.after(), is[i].to.text) + " " + how(d.b, is[i]) + ".");
        }
    }
    for (const Arrow& arrow : was)
        if (std::find(partner.begin(), partner.end(), &arrow) == partner.end())
            d.say("a lead can no longer move from " + listed(from_names(d.before(), arrow), "or") + " to " +
                  stage_name(d.before(), arrow.to.text) + " " + how(d.a, arrow) + ".");
    diff_order(d, partner);
}

}  // namespace baton::playbook
