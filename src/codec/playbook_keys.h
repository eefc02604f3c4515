// The vocabulary of a playbook file: which keys each map has.
#pragma once

#include "codec/yaml_map.h"

namespace baton::codec::keys {

extern const Keys playbook, signer, team, property, question, fact, account_count, score, inactivity, score_group,
    score_rule, decay, class_, band, matrix, class_rule, clause, criteria, reason, stage, sla, action, transition,
    hand_off, silence, route, program, program_step, commitment;

}  // namespace baton::codec::keys
