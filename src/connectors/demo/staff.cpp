#include "connectors/demo/staff.h"

#include <algorithm>
#include <array>

#include "connectors/demo/behaviour.h"

namespace baton::demo {
namespace {

using playbook::Compiled;
using playbook::CompiledArrow;
using playbook::CompiledStage;

constexpr std::int16_t first_marketer = 0, first_inside = 2, first_rep = 4, success = 9;

class Desk {
   public:
    Desk(const Compiled& book, const Cast& cast, std::uint64_t seed, const Arrived& lead, Instant now,
         std::uint32_t first_number)
        : book_(book),
          cast_(cast),
          seed_(seed),
          lead_(lead),
          person_(cast.people[lead.person]),
          now_(now),
          number_(first_number),
          random_({seed, 4, lead.person, static_cast<std::uint64_t>(lead.entered.us)}) {
        const auto firm = static_cast<std::uint64_t>(person_.firm < 0 ? static_cast<int>(lead.person) : person_.firm);
        rep_ = static_cast<std::int16_t>(first_rep + static_cast<std::int16_t>(firm % 4));
    }

    std::vector<Event> act() {
        const auto index = book_.stage(lead_.stage);
        if (!index) return {};
        const CompiledStage& stage = book_.stages[index->value];
        if (stage.hand_off)
            answer_offer(stage);
        else if (stage.kind == playbook::StageKind::sales)
            work(stage);
        else if (stage.won || stage.kind == playbook::StageKind::customer)
            look_after(stage);
        return std::move(events_);
    }

   private:
    Event& add(What what, Instant at, std::int16_t colleague) {
        Event event;
        event.at = std::max(at, now_ + Duration::seconds(number_ % 50 + 1));
        event.person = lead_.person;
        event.number = number_++;
        event.what = what;
        event.a = static_cast<std::int32_t>(random_.below(30));
        event.b = static_cast<std::int32_t>(random_.below(3));
        event.colleague = colleague;
        events_.push_back(std::move(event));
        return events_.back();
    }

    /// Most answers come within hours, some within days, a few far too late.
    Instant after_a_while(Instant from) {
        constexpr std::array<int, 4> weights{52, 24, 16, 8};
        constexpr std::array<std::int64_t, 5> minutes{15, 240, 1440, 5760, 21'600};
        const std::size_t pace = random_.weighted(weights);
        return working(from + Duration::minutes(random_.between(minutes[pace], minutes[pace + 1])));
    }

    // ---- the offer ------------------------------------------------------------------------------------------------

    const CompiledArrow* leaving(const CompiledStage& stage, std::string_view verb) const {
        for (const ArrowIndex arrow : stage.leaving)
            if (book_.arrows[arrow.value].trigger == playbook::Trigger::decision &&
                book_.arrows[arrow.value].on == verb)
                return &book_.arrows[arrow.value];
        return nullptr;
    }

    const playbook::Reason* reason_of(const CompiledArrow& arrow) {
        if (arrow.reasons < 0) return nullptr;
        const auto& reasons = book_.source.reasons[static_cast<std::size_t>(arrow.reasons)].reasons;
        return reasons.empty() ? nullptr : &reasons[random_.below(reasons.size())];
    }

    void answer_offer(const CompiledStage& stage) {
        if (random_.chance(7)) {
            forget();
            return;
        }
        const Instant at = after_a_while(lead_.entered);
        const CompiledArrow* reject = leaving(stage, "reject");
        if (reject == nullptr || random_.between(0, 99) < 42 + person_.quality / 2) {
            add(What::accept, at, rep_);
            if (random_.chance(60)) add(What::note, at + Duration::minutes(2), rep_);
            return;
        }
        refuse(stage, *reject, at);
    }

    void refuse(const CompiledStage& stage, const CompiledArrow& arrow, Instant at) {
        const playbook::Reason* reason = reason_of(arrow);
        Event& event = add(What::reject, at, rep_);
        if (reason != nullptr) event.text = reason->id;
        const auto& any = stage.enter.any.empty() ? stage.enter.all : stage.enter.any;
        const auto& denied = random_.chance(55) && !stage.enter.all.empty() ? stage.enter.all : any;
        if (!denied.empty()) event.more = book_.clauses[denied[random_.below(denied.size())].value].id;
        back_to_marketing(at);
    }

    /// Nobody takes it up. Sometimes marketing notices.
    void forget() {
        if (random_.chance(40))
            add(What::withdraw, working(lead_.entered + Duration::days(random_.between(15, 30))), first_marketer).text =
                "nobody took it up";
    }

    void back_to_marketing(Instant at) {
        for (Event& event : nurtured(cast_, seed_, lead_.person, at, number_)) {
            ++number_;
            events_.push_back(std::move(event));
        }
    }

    // ---- in sales' hands ------------------------------------------------------------------------------------------

    struct Way {
        const CompiledArrow* arrow;
        int weight;
    };

    /// Arrows that somebody's doing can set off, weighted by how the person is.
    std::vector<Way> ways(const CompiledStage& stage) const {
        std::vector<Way> all;
        for (const ArrowIndex index : stage.leaving) {
            const CompiledArrow& arrow = book_.arrows[index.value];
            const CompiledStage& to = book_.stages[arrow.to.value];
            const bool give_back = arrow.trigger == playbook::Trigger::decision && arrow.on == "return";
            if (give_back)
                all.push_back({&arrow, 34 - person_.quality / 5});
            else if (arrow.trigger != playbook::Trigger::fact)
                continue;
            else if (to.won)
                all.push_back({&arrow, 14 + person_.quality / 3});
            else if (to.lost)
                all.push_back({&arrow, 34});
            else
                all.push_back({&arrow, arrow.backward ? 6 : 60});
        }
        return all;
    }

    void work(const CompiledStage& stage) {
        if (random_.chance(6)) return;  // left behind
        const std::vector<Way> all = ways(stage);
        const bool closes =
            std::any_of(all.begin(), all.end(), [&](const Way& w) { return book_.stages[w.arrow->to.value].won; });
        Instant at = talks(closes);
        if (closes) at = proposes(at);
        if (all.empty() || random_.chance(7)) return;  // goes quiet
        std::vector<int> weights;
        for (const Way& way : all) weights.push_back(way.weight);
        take(*all[random_.weighted(weights)].arrow, working(at + Duration::days(random_.between(1, closes ? 30 : 6))));
    }

    /// Calls, answers to the playbook's questions, a note; answers when the last one was.
    Instant talks(bool closes) {
        Instant at = after_a_while(lead_.entered);
        const std::int64_t calls = random_.between(1, closes ? 5 : 4);
        const std::int16_t caller =
            closes || random_.chance(60)
                ? rep_
                : static_cast<std::int16_t>(first_inside + static_cast<std::int16_t>(lead_.person % 2));
        for (std::int64_t i = 0; i < calls; ++i) {
            add(What::call, at, caller);
            if (random_.chance(45)) add(What::note, at + Duration::minutes(random_.between(2, 9)), caller);
            if (i == 0) ask(at + Duration::minutes(10), caller);
            at = working(at + Duration::hours(random_.between(20, closes ? 24 * 9 : 24 * 4)));
        }
        return at;
    }

    void ask(Instant at, std::int16_t caller) {
        for (const playbook::Question& question : book_.source.questions) {
            if (!random_.chance(55)) continue;
            Event& event = add(What::answer, at, caller);
            at = at + Duration::seconds(20);
            event.text = question.id;
            if (!question.values.empty())
                event.more = question.values[random_.below(question.values.size())];
            else if (question.type == PropertyType::boolean)
                event.more = random_.chance(50 + person_.quality / 3) ? "true" : "false";
            else
                event.more = std::to_string(random_.between(1, 12));
        }
    }

    Instant proposes(Instant at) {
        if (random_.chance(75)) {
            add(What::meeting_booked, at, -1);
            at = working(at + Duration::days(random_.between(3, 14)));
            add(What::meeting_held, at, rep_);
        }
        if (random_.chance(80)) {
            at = working(at + Duration::days(random_.between(2, 12)));
            add(What::proposal, at, rep_).a = amount();
        }
        return at;
    }

    std::int32_t amount() {
        const int size = person_.firm < 0 ? 20 : cast_.firms[static_cast<std::size_t>(person_.firm)].employees;
        return static_cast<std::int32_t>((4'000 + std::min(size, 3'000) * 30 + random_.between(0, 9) * 500) / 500 *
                                         500);
    }

    void take(const CompiledArrow& arrow, Instant at) {
        if (arrow.trigger == playbook::Trigger::decision) {
            const playbook::Reason* reason = reason_of(arrow);
            Event& event = add(What::give_back, at, rep_);
            if (reason != nullptr) event.text = reason->id;
            back_to_marketing(at);
            return;
        }
        Event& event = add(What::stage_fact, at, rep_);
        event.text = arrow.on;
        event.a = amount();
    }

    // ---- customers ------------------------------------------------------------------------------------------------

    void look_after(const CompiledStage& stage) {
        Instant at = lead_.entered + Duration::days(random_.between(3, 12));
        const std::int64_t weeks = random_.between(8, 90);
        const std::int64_t pace = random_.between(3, 14);
        for (std::int64_t i = 0; i < weeks; ++i) {
            at = moment_in(at + Duration::days(random_.between(1, pace)), random_);
            add(What::used, at, -1);
            if (random_.chance(4)) add(What::ticket, at + Duration::minutes(30), -1);
        }
        const Instant year = lead_.entered + Duration::days(365);
        if (random_.chance(78))
            add(What::renewal, working(year - Duration::days(random_.between(0, 20))), success).a = amount();
        else
            add(What::churned, working(year), -1);
        if (random_.chance(18))
            add(What::referral, working(lead_.entered + Duration::days(random_.between(90, 300))), -1);
        if (random_.chance(14)) add(What::demo, working(lead_.entered + Duration::days(random_.between(120, 420))), -1);
        for (const ArrowIndex index : stage.leaving) {
            const CompiledArrow& arrow = book_.arrows[index.value];
            if (arrow.trigger != playbook::Trigger::fact || arrow.on == "Demo Requested" || !random_.chance(45))
                continue;
            take(arrow, working(lead_.entered + Duration::days(random_.between(20, 160))));
            return;
        }
    }

    const Compiled& book_;
    const Cast& cast_;
    std::uint64_t seed_;
    const Arrived& lead_;
    const Person& person_;
    Instant now_;
    std::uint32_t number_;
    Random random_;
    std::int16_t rep_ = first_rep;
    std::vector<Event> events_;
};

}  // namespace

std::vector<Event> reactions(const Compiled& book, const Cast& cast, std::uint64_t seed, const Arrived& lead,
                             Instant now, std::uint32_t first_number) {
    return Desk(book, cast, seed, lead, now, first_number).act();
}

std::vector<std::string> staffed_stages(const Compiled& book) {
    std::vector<std::string> all;
    for (const CompiledStage& stage : book.stages)
        if (stage.hand_off || stage.kind == playbook::StageKind::sales || stage.kind == playbook::StageKind::customer ||
            stage.won)
            all.push_back(stage.id);
    return all;
}

}  // namespace baton::demo
