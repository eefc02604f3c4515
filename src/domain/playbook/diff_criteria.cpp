// Criteria: what is needed, what is enough, what bars.
#include <algorithm>

#include "domain/playbook/diff_parts.h"

namespace baton::playbook {
namespace {

struct Placed {
    const Clause* clause;
    ListKind list;
};

std::vector<Placed> flat(const Criteria& criteria) {
    std::vector<Placed> all;
    for (const Clause& c : criteria.all) all.push_back({&c, ListKind::all});
    for (const Clause& c : criteria.any) all.push_back({&c, ListKind::any});
    for (const Clause& c : criteria.none) all.push_back({&c, ListKind::none});
    return all;
}

std::string_view role(ListKind list) {
    switch (list) {
        case ListKind::all: return "a must";
        case ListKind::any: return "one of several ways";
        case ListKind::none: return "a bar";
    }
    return "";
}

class CriteriaDiff {
   public:
    CriteriaDiff(Difference& d, const Subject& subject, const Criteria& old_criteria, const Criteria& new_criteria)
        : d_(d),
          subject_(subject),
          old_(flat(old_criteria)),
          new_(flat(new_criteria)),
          partner_(new_.size(), nullptr),
          used_(old_.size(), false),
          had_any_(!old_criteria.any.empty()),
          has_any_(!new_criteria.any.empty()) {}

    void run() {
        // The same id in the same list first; a clause may stand both as a must and as a bar elsewhere.
        pair([](const Placed& o, const Placed& n) { return o.clause->id == n.clause->id && o.list == n.list; });
        pair([](const Placed& o, const Placed& n) { return o.clause->id == n.clause->id; });
        pair([](const Placed& o, const Placed& n) {
            return o.clause->when.text == n.clause->when.text && o.list == n.list;
        });
        for (std::size_t i = 0; i < new_.size(); ++i)
            partner_[i] == nullptr ? came(new_[i]) : both(*partner_[i], new_[i]);
        for (std::size_t i = 0; i < old_.size(); ++i)
            if (!used_[i]) went(old_[i]);
    }

   private:
    template <class Same>
    void pair(Same same) {
        for (std::size_t n = 0; n < new_.size(); ++n) {
            for (std::size_t o = 0; o < old_.size() && partner_[n] == nullptr; ++o) {
                if (used_[o] || !same(old_[o], new_[n])) continue;
                partner_[n] = &old_[o];
                used_[o] = true;
            }
        }
    }
    void came(const Placed& p) {
        const std::string clause = clause_in_words(d_.b, *p.clause);
        if (p.list == ListKind::all) d_.say(subject_.name + " now needs " + clause + ".");
        if (p.list == ListKind::none) d_.say(clause + " now bars from " + subject_.name + ".");
        if (p.list == ListKind::any)
            d_.say(subject_.name +
                   (had_any_ ? " can now also be " + std::string(subject_.verb) + " by "
                             : " now needs at least one of several: ") +
                   clause + ".");
    }
    void went(const Placed& p) {
        const std::string clause = clause_in_words(d_.a, *p.clause);
        if (p.list == ListKind::all) d_.say(subject_.name + " no longer needs " + clause + ".");
        if (p.list == ListKind::none) d_.say(clause + " no longer bars from " + subject_.name + ".");
        if (p.list == ListKind::any)
            d_.say(subject_.name +
                   (has_any_ ? " can no longer be " + std::string(subject_.verb) + " by "
                             : " no longer needs one of several: ") +
                   clause + ".");
    }
    void both(const Placed& o, const Placed& n) {
        const std::string where = "for " + subject_.name + ", ";
        if (o.clause->name.text != n.clause->name.text)
            d_.say(where + quoted(o.clause->name.text) + " is now called " + quoted(n.clause->name.text) + ".");
        if (o.clause->when.text != n.clause->when.text) meaning(where, o, n);
        if (o.list != n.list)
            d_.say(where + clause_in_words(d_.b, *n.clause) + " is now " + std::string(role(n.list)) + " instead of " +
                   std::string(role(o.list)) + ".");
    }
    void meaning(const std::string& where, const Placed& o, const Placed& n) {
        const std::string was = in_words(d_.a, o.clause->when);
        const std::string is = in_words(d_.b, n.clause->when);
        if (was != is)
            d_.say(where + quoted(n.clause->name.text) + " now means " + is + " (before: " + was + ").");
        else
            d_.say(where + quoted(n.clause->name.text) + " is written otherwise, " + quoted(n.clause->when.text) +
                   " instead of " + quoted(o.clause->when.text) + ".");
    }

    Difference& d_;
    const Subject& subject_;
    std::vector<Placed> old_, new_;
    std::vector<const Placed*> partner_;
    std::vector<bool> used_;
    bool had_any_, has_any_;
};

}  // namespace

void diff_criteria(Difference& d, const Subject& subject, const Criteria& old_criteria, const Criteria& new_criteria) {
    CriteriaDiff(d, subject, old_criteria, new_criteria).run();
}

namespace {

std::string action_key(const Action& a) {
    return std::to_string(static_cast<int>(a.kind)) + "\n" + a.target + "\n" + a.text + "\n" + a.responsible + "\n" +
           (a.within ? std::to_string(a.within->us) : "") + "\n" + a.proof;
}

}  // namespace

void diff_actions(Difference& d, const std::string& when, const std::vector<Action>& old_actions,
                  const std::vector<Action>& new_actions) {
    const auto words = [](const Playbook& book, const std::vector<Action>& actions) {
        std::vector<Named> all;
        for (const Action& a : actions) all.push_back({action_key(a), action_in_words(book, a)});
        return all;
    };
    d.came_and_went(
        words(d.before(), old_actions), words(d.after(), new_actions),
        [&](const std::string& text) { d.say(when + " there is a new action, " + text + "."); },
        [&](const std::string& text) { d.say(when + " this action is gone, " + text + "."); });
}

}  // namespace baton::playbook
