// baton why KEY: where a lead stands and what would move it, in the words of whoever wrote the playbook.
#include "app/documents.h"
#include "cli/session.h"

namespace baton::cli {
namespace {

using criteria::Truth;

/// Whether a clause stands in the way, given the list it is in.
enum class Stands : std::uint8_t { good, bad, open };

Stands stands(const engine::ClauseSeen& clause) {
    if (clause.list == "none") return clause.truth == Truth::yes ? Stands::bad : Stands::good;
    if (clause.truth == Truth::yes) return Stands::good;
    return clause.truth == Truth::no ? Stands::bad : Stands::open;
}

std::string mark(const Screen& screen, Stands stands) {
    if (stands == Stands::good) return screen.green("✓");
    return stands == Stands::bad ? screen.red("✗") : screen.dim("?");
}

std::string list_in_words(std::string_view list) {
    if (list == "all") return "needed";
    return list == "any" ? "one of" : "must not be";
}

class Words {
   public:
    Words(const Screen& screen, const app::PersonView& person, const app::Timeline& timeline, bool expressions)
        : screen_(screen), person_(person), timeline_(timeline), expressions_(expressions) {}

    void head(const engine::Why& why, const std::string& key) const {
        const bool number = key.find_first_not_of("0123456789") == std::string::npos;
        screen_.out << screen_.bold(!person_.name.empty() ? person_.name
                                    : number              ? "Person " + key
                                                          : key)
                    << " stands in " << screen_.bold(stage(why.stage)) << " since " << short_time(why.stage_entered_at)
                    << "  (as of " << short_time(why.at) << " UTC, playbook "
                    << (person_.playbook == nullptr ? "" : person_.playbook->source.id) << " version " << why.version
                    << ")\n";
    }

    /// What nobody wrote down yet: an imported past ends with its last fact, and a store may stand still.
    void passed(const engine::Why& why) const {
        if (why.passed.empty()) return;
        screen_.out << "\nBy time alone since the last fact (" << short_time(why.last_fact_at) << "):\n";
        for (const engine::PassedSeen& passed : why.passed)
            screen_.out << "    " << screen_.dim(short_time(passed.at)) << "  " << passed.text << '\n';
        screen_.out << "    "
                    << screen_.dim("What is due is done, and all of it written down, when `baton serve` runs.") << '\n';
    }

    void arrow(const engine::ArrowSeen& arrow) const {
        const std::string label = arrow.label.empty() ? "" : " (" + arrow.label + ")";
        screen_.out << "\n→ " << screen_.bold(stage(arrow.to)) << label << ": ";
        const bool nothing_else = arrow.holds && arrow.clauses.empty() && !arrow.waits_for.empty();
        if (!nothing_else) screen_.out << (arrow.holds ? screen_.green("the conditions hold") : screen_.red("not yet"));
        if (!arrow.waits_for.empty()) screen_.out << (nothing_else ? "" : "; ") << "waits for " << arrow.waits_for;
        screen_.out << '\n';
        for (const engine::ClauseSeen& clause : arrow.clauses) this->clause(clause);
        if (arrow.smallest_change.empty()) return;
        screen_.out << (arrow.smallest_change.size() > 1 ? "    what would be enough, together:\n"
                                                         : "    what would be enough:\n");
        for (const std::string& change : arrow.smallest_change) screen_.out << "      · " << change << '\n';
    }

    void clause(const engine::ClauseSeen& clause) const {
        screen_.out << "    " << mark(screen_, stands(clause)) << ' ' << clause.name << "  "
                    << screen_.dim(list_in_words(clause.list));
        if (!clause.because.empty()) screen_.out << "  " << clause.because;
        screen_.out << '\n';
        if (expressions_ && !clause.expression.empty())
            screen_.out << "        " << screen_.dim(clause.expression) << '\n';
        for (const engine::InputSeen& input : clause.inputs) from(input);
    }

    /// "from: Form Submitted (employees: 150), 2026-01-02 10:00"
    void from(const engine::InputSeen& input) const {
        if (!input.from) return;
        const codec::JournalRecord* fact = timeline_.fact(*input.from);
        if (fact == nullptr) return;
        screen_.out << "        "
                    << screen_.dim((input.label.empty() ? input.name : input.label) + ": from \"" + fact->fact.type +
                                   "\", " + short_time(fact->fact.occurred_at) +
                                   (fact->fact.actor.empty() ? "" : ", by " + fact->fact.actor))
                    << '\n';
    }

    void score(const engine::ScoreSeen& score) const {
        screen_.out << "\n" << screen_.bold(score.name) << ": " << rounded(score.value) << '\n';
        Table table;
        table.column("points", Table::Align::right);
        table.column("rule");
        table.column("from", Table::Align::left, 80);
        for (const engine::ScorePart& part : score.parts)
            if (part.points != Decimal{})
                table.row({rounded(part.points), part.rule, part.text == part.rule ? "" : part.text});
        if (!table.empty()) table.print(screen_, "    ");
    }

    void label(const engine::ClassSeen& seen) const {
        screen_.out << "\n" << screen_.bold(seen.name) << ": " << (seen.label.empty() ? "none" : seen.label) << '\n';
        for (const engine::ClauseSeen& clause : seen.clauses) this->clause(clause);
        if (seen.better.empty()) return;
        screen_.out << "    for " << seen.better << ":\n";
        for (const std::string& missing : seen.missing) screen_.out << "      · " << missing << '\n';
    }

   private:
    std::string stage(const std::string& id) const {
        if (person_.playbook == nullptr) return id;
        const auto index = person_.playbook->stage(id);
        return index ? person_.playbook->stages[index->value].name : id;
    }
    /// Two places are enough for people.
    static std::string rounded(Decimal value) {
        const std::int64_t hundredth = 10'000;
        const std::int64_t half = value.micros < 0 ? -hundredth / 2 : hundredth / 2;
        return to_string(Decimal{(value.micros + half) / hundredth * hundredth});
    }

    const Screen& screen_;
    const app::PersonView& person_;
    const app::Timeline& timeline_;
    bool expressions_;
};

void print(const Screen& screen, const app::PersonView& person, const app::Timeline& timeline, const engine::Why& why,
           const PersonOptions& options) {
    const Words words(screen, person, timeline, options.expressions);
    words.head(why, options.key);
    words.passed(why);
    if (why.arrows.empty()) screen.out << "\nNothing leads out of this stage.\n";
    for (const engine::ArrowSeen& arrow : why.arrows) words.arrow(arrow);
    for (const engine::ScoreSeen& score : why.scores) words.score(score);
    for (const engine::ClassSeen& label : why.classes) words.label(label);
    if (why.next_at != Instant::never())
        screen.out << "\nNothing changes by time alone before " << short_time(why.next_at) << ".\n";
}

}  // namespace

int why(const Context& context, const PersonOptions& options) {
    const auto at = moment(options.at, "--at");
    if (!at) return refuse(context, at.error());
    const auto found = find_person(context, options);
    if (!found) return failed;
    const app::Reads& reads = *found->session.reads;
    const auto person = reads.person(found->id, *at);
    if (!person) return refuse(context, person.error());
    if (!*person) return refuse(context, {"not_found", "nothing was known of '" + options.key + "' then"});
    const auto why = reads.why(found->id, context.wiring.clock->now(), *at);
    if (!why) return refuse(context, why.error());
    if (options.format == Format::json) {
        context.screen.out << app::document(*why, **person, options.expressions) << '\n';
        return done;
    }
    const auto timeline = reads.timeline(found->id, *at);
    if (!timeline) return refuse(context, timeline.error());
    print(context.screen, **person, *timeline, *why, options);
    return done;
}

}  // namespace baton::cli
