// One table a map; docs/playbook.schema.json says the same and a test holds both together.
#include "codec/playbook_keys.h"

#include "codec/playbook_yaml.h"

namespace baton::codec {
namespace keys {

const Keys playbook{"playbook",
                    {"playbook", "id", "name", "stages"},
                    {"description", "process", "signers", "own_sites", "teams", "properties", "questions", "facts",
                     "lists", "account_counts", "scores", "classes", "reasons", "transitions", "hand_offs", "routing",
                     "programs", "commitments"}};
const Keys signer{"signer", {"id", "name"}, {"role"}};
const Keys team{"team", {"id", "name"}, {"responsible"}};
const Keys property{"property", {"id", "type"}, {"label", "of", "values", "filled_by", "personal"}};
const Keys question{"question", {"id", "ask", "type"}, {"label", "values"}};
const Keys fact{"fact", {"id"}, {"label", "properties"}};
const Keys account_count{"account_count", {"id", "when"}, {"label"}};
const Keys score{"score", {"id", "kind"}, {"name", "cap", "floor", "inactivity", "groups"}};
const Keys inactivity{"inactivity", {"after", "points"}, {"every"}};
const Keys score_group{"score_group", {"name", "rules"}, {"id", "cap"}};
const Keys score_rule{"score_rule", {"name", "points"}, {"id", "when", "on", "where", "cap", "decay", "once_per"}};
const Keys decay{"decay", {}, {"half_life", "linear", "window"}};
const Keys class_{"class", {"id"}, {"name", "score", "bands", "matrix", "rules"}};
const Keys band{"band", {"label"}, {"at_least"}};
const Keys matrix{"matrix", {"rows", "columns", "cells"}, {}};
const Keys class_rule{"class_rule", {"label"}, {"all", "any", "none"}};
const Keys clause{"clause", {"name", "when"}, {"id"}};
const Keys criteria{"criteria", {}, {"all", "any", "none"}};
const Keys reason{"reason", {"id", "label"}, {"wake_after", "to"}};
const Keys stage{"stage",
                 {"id", "name", "kind"},
                 {"definition", "before_lead", "outcome", "owner", "metric", "enter", "observed_by", "hold", "sla",
                  "dwell", "on_enter", "on_leave"}};
const Keys sla{"sla", {"within"}, {"calendar", "act", "on_breach"}};
const Keys action{
    "action",
    {},
    {"notify", "task", "enrol", "webhook", "set_field", "start_clock", "text", "responsible", "within", "proof"}};
const Keys transition{
    "transition",
    {"from", "to"},
    {"id", "label", "when", "on", "after", "by", "reasons", "new_cycle", "hold", "wake_after", "actions"}};
const Keys hand_off{"hand_off", {"id", "at", "to"}, {"name", "from", "silence"}};
const Keys silence{"silence", {"after", "then"}, {}};
const Keys route{"route", {"to"}, {"name", "when"}};
const Keys program{"program", {"id", "name"}, {"entry", "exit", "goal", "responsible", "steps"}};
const Keys program_step{"program_step", {}, {"mail", "sms", "web", "social", "task", "wait"}};
const Keys commitment{"commitment", {"team", "what", "number", "per"}, {"segment"}};

}  // namespace keys

const std::vector<const Keys*>& playbook_keys() {
    using namespace keys;
    static const std::vector<const Keys*> all = {
        &playbook,   &signer,      &team,       &property,     &question,  &fact,   &account_count, &score,
        &inactivity, &score_group, &score_rule, &decay,        &class_,    &band,   &matrix,        &class_rule,
        &clause,     &criteria,    &reason,     &stage,        &sla,       &action, &transition,    &hand_off,
        &silence,    &route,       &program,    &program_step, &commitment};
    return all;
}

}  // namespace baton::codec
