// What the source texts ask of every process, whatever its stages: written, owned, measured, promised, closed.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/scenario_books.h"

namespace baton::scenario {
namespace {

using playbook::Playbook;
using playbook::StageKind;

/// Calls `look` for the four playbooks of the source texts.
template <class Look>
void each_playbook(Look look) {
    int seen = 0;
    for (const Book& book : books()) {
        if (book.playbook == nullptr || !book.path.starts_with("playbooks/")) continue;
        ++seen;
        SCOPED_TRACE(book.path);
        look(book.playbook->source);
    }
    EXPECT_EQ(seen, 4);
}

const playbook::Stage* stage_of(const Playbook& p, const std::string& id) {
    const auto at = std::ranges::find(p.stages, id, &playbook::Stage::id);
    return at == p.stages.end() ? nullptr : &*at;
}

TEST(Agreements, EveryStepIsDefinedAndNamed) {
    each_playbook([](const Playbook& p) {
        for (const auto& stage : p.stages) {
            EXPECT_FALSE(stage.name.text.empty()) << stage.id;
            EXPECT_GE(stage.definition.size(), 7U) << stage.id;
        }
    });
}

TEST(Agreements, EveryStepHasAnOwnerWithAResponsiblePerson) {
    each_playbook([](const Playbook& p) {
        for (const auto& stage : p.stages) EXPECT_FALSE(stage.owner.text.empty()) << stage.id;
        for (const auto& team : p.teams) EXPECT_FALSE(team.responsible.empty()) << team.id;
    });
}

TEST(Agreements, EveryStepHasAMetric) {
    each_playbook([](const Playbook& p) {
        for (const auto& stage : p.stages) EXPECT_FALSE(stage.metric.empty()) << stage.id;
    });
}

TEST(Agreements, SomeStepsHaveAServiceLevel) {
    each_playbook([](const Playbook& p) {
        EXPECT_GE(std::ranges::count_if(p.stages, [](const auto& s) { return s.sla.has_value(); }), 2);
    });
}

TEST(Agreements, MarketingAndSalesLeadershipSign) {
    each_playbook([](const Playbook& p) {
        for (const char* role : {"marketing", "sales"})
            EXPECT_TRUE(std::ranges::any_of(p.signers, [&](const auto& s) { return s.role == role; })) << role;
    });
}

TEST(Agreements, ItSitsAtTheTable) {
    bool found = false;
    each_playbook([&](const Playbook& p) {
        found = found || std::ranges::any_of(p.signers, [](const auto& s) { return s.role == "it"; });
    });
    EXPECT_TRUE(found);
}

TEST(Agreements, MarketingPromisesANumberOfQualifiedLeads) {
    each_playbook([](const Playbook& p) {
        EXPECT_TRUE(std::ranges::any_of(
            p.commitments, [](const auto& c) { return c.team == "marketing" && c.per == "quarter" && c.number > 0; }));
    });
}

TEST(Agreements, SalesPromisesToAnswerAndToFollowUp) {
    each_playbook([](const Playbook& p) {
        EXPECT_TRUE(
            std::ranges::any_of(p.commitments, [](const auto& c) { return c.team == "sales" && c.number > 0; }));
        const bool follow_up = std::ranges::any_of(p.stages, [](const auto& s) {
            return s.kind == StageKind::sales && s.sla && s.sla->act == "follow_up" && s.sla->within;
        });
        EXPECT_TRUE(follow_up);
    });
}

TEST(Agreements, EveryHandOffHasADefinitionAndATimeToAnswer) {
    each_playbook([](const Playbook& p) {
        EXPECT_FALSE(p.hand_offs.empty());
        for (const auto& hand_off : p.hand_offs) {
            const auto* stage = stage_of(p, hand_off.at.text);
            ASSERT_NE(stage, nullptr);
            EXPECT_FALSE(stage->enter.empty()) << hand_off.id;
            EXPECT_TRUE(stage->sla && stage->sla->act == "accept" && stage->sla->within) << hand_off.id;
            EXPECT_TRUE(hand_off.silence_after.has_value()) << hand_off.id;
        }
    });
}

TEST(Agreements, EveryHandOffCanBeAcceptedOrRejectedWithAReason) {
    each_playbook([](const Playbook& p) {
        for (const auto& hand_off : p.hand_offs) {
            const auto leaves = [&](std::string_view verb) {
                return std::ranges::any_of(p.arrows, [&](const auto& a) {
                    const bool from =
                        std::ranges::any_of(a.from, [&](const auto& f) { return f.text == hand_off.at.text; });
                    return from && a.on && a.on->text == verb && (verb == "accept" || !a.reasons.text.empty());
                });
            };
            EXPECT_TRUE(leaves("accept")) << hand_off.id;
            EXPECT_TRUE(leaves("reject")) << hand_off.id;
        }
    });
}

TEST(Agreements, WhatSalesSendsBackIsHeldByNurture) {
    each_playbook([](const Playbook& p) {
        for (const auto& arrow : p.arrows) {
            if (!arrow.on || (arrow.on->text != "reject" && arrow.on->text != "return")) continue;
            EXPECT_EQ(arrow.hold, "nurture") << arrow.id;
            EXPECT_TRUE(arrow.wake_after_days.has_value()) << arrow.id;
        }
        EXPECT_FALSE(p.programs.empty());
    });
}

TEST(Agreements, EverySalesOwnedStepCanSendBack) {
    each_playbook([](const Playbook& p) {
        for (const auto& stage : p.stages) {
            if (stage.kind != StageKind::sales) continue;
            const bool back = std::ranges::any_of(p.arrows, [&](const auto& a) {
                const bool from = std::ranges::any_of(a.from, [&](const auto& f) { return f.text == stage.id; });
                return from && a.on && (a.on->text == "return" || a.on->text == "reject");
            });
            EXPECT_TRUE(back) << stage.id;
        }
    });
}

TEST(Agreements, EveryArrowHasATeamThatAnswersForIt) {
    each_playbook([](const Playbook& p) {
        for (const auto& arrow : p.arrows) {
            EXPECT_FALSE(arrow.by.empty()) << arrow.id;
            EXPECT_FALSE(arrow.label.text.empty()) << arrow.id;
        }
    });
}

TEST(Agreements, EveryActionHasSomebodyWhoSeesToItByWhenWithProof) {
    each_playbook([](const Playbook& p) {
        int actions = 0;
        const auto look = [&](const std::vector<playbook::Action>& list, const std::string& where) {
            for (const auto& action : list) {
                ++actions;
                EXPECT_FALSE(action.responsible.empty()) << where;
                EXPECT_TRUE(action.within.has_value()) << where;
                EXPECT_FALSE(action.proof.empty()) << where;
            }
        };
        for (const auto& stage : p.stages) look(stage.on_enter, stage.id), look(stage.on_leave, stage.id);
        for (const auto& arrow : p.arrows) look(arrow.actions, arrow.id);
        EXPECT_GE(actions, 4);
    });
}

TEST(Agreements, EveryLeadGoesToSomebody) {
    each_playbook([](const Playbook& p) {
        ASSERT_FALSE(p.routing.empty());
        EXPECT_FALSE(p.routing.back().when.has_value()) << "the last route takes everybody else";
    });
}

TEST(Agreements, CustomersStayEngaged) {
    each_playbook([](const Playbook& p) {
        const bool again = std::ranges::any_of(p.arrows, [&](const auto& a) {
            return a.new_cycle && std::ranges::any_of(a.from, [&](const auto& f) {
                       const auto* stage = stage_of(p, f.text);
                       return stage != nullptr && (stage->won || stage->kind == StageKind::customer);
                   });
        });
        EXPECT_TRUE(again) << "a customer can begin a new cycle";
    });
}

TEST(Agreements, ScoresHaveEveryKindOfDecay) {
    std::vector<bool> used(4);
    bool inactivity = false;
    each_playbook([&](const Playbook& p) {
        for (const auto& score : p.scores) {
            inactivity = inactivity || score.inactivity;
            for (const auto& group : score.groups)
                for (const auto& rule : group.rules) used[static_cast<std::size_t>(rule.decay.kind)] = true;
        }
    });
    EXPECT_TRUE(inactivity);
    EXPECT_EQ(std::ranges::count(used, true), 4);
}

}  // namespace
}  // namespace baton::scenario
