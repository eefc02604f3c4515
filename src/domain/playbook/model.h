// A playbook as written: plain data, one struct a section of docs/PLAYBOOK.md. Read from YAML by codec/playbook_yaml,
// checked and compiled by domain/playbook/compile, drawn and compared from here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"
#include "domain/value.h"

namespace baton::playbook {

/// Where in the file something stands; 1-based. line 0 = nowhere (built by program).
struct Place {
    int line = 0;
    int column = 0;
};

/// How a text was written, so that a position inside it can be found in the file again. `folded` stands for every form
/// over several lines but `|`: there only the beginning is known.
enum class TextStyle : std::uint8_t { plain, single_quoted, double_quoted, literal, folded };

/// A text with its place: expressions and references keep theirs so that errors point at the cause.
struct Text {
    std::string text;
    Place place;  ///< of the first character, after a quote
    TextStyle style = TextStyle::plain;
};
/// Where the byte at `offset` of the text stands in the file.
Place place_at(const Text& text, std::size_t offset);

/// A named condition; `when` is in the criteria language.
struct Clause {
    std::string id;  ///< given, or made from the name: "Right size" → right_size; unique in its playbook scope
    Text name;
    Text when;
};

/// Holds when every `all`, at least one `any` (if there are any) and no `none` holds. Empty = no criteria.
struct Criteria {
    std::vector<Clause> all, any, none;
    bool empty() const { return all.empty() && any.empty() && none.empty(); }
};

struct Property {
    std::string id;
    std::string label;
    PropertyType type = PropertyType::string;
    bool of_account = false;             ///< of: account
    std::vector<std::string> values;     ///< closed list, if given
    std::vector<std::string> filled_by;  ///< forms, mappings, sources or questions that fill it; may be empty
    bool personal = false;
    Place place;
};

struct FactType {
    std::string id;  ///< the type as facts carry it: "Demo Requested"
    std::string label;
    std::vector<Property> properties;
    Place place;
};

struct Question {
    std::string id;     ///< the property the answer sets
    std::string ask;    ///< the words to ask
    std::string label;  ///< what the answer is called in reasons; "" = that of the property, else the id in words
    PropertyType type = PropertyType::string;
    std::vector<std::string> values;
    Place place;
};

/// A count over an account's people, readable as `account.<id>`.
struct Aggregate {
    std::string id;
    std::string label;
    Text when;  ///< on one member: person.*, answer.*
    Place place;
};

struct Team {
    std::string id, name, responsible;
    Place place;
};

enum class DecayKind : std::uint8_t { none, linear, half_life, window };
struct Decay {
    DecayKind kind = DecayKind::none;
    std::int64_t days = 0;  ///< linear: gone after; half_life: halved every; window: counts up to
};

struct ScoreRule {
    std::string id;
    Text name;
    std::optional<Text> when;   ///< fit: condition on the person
    std::optional<Text> on;     ///< behaviour: fact type
    std::optional<Text> where;  ///< behaviour: condition on event.*
    Decimal points;
    std::optional<Decimal> cap;  ///< |sum of this rule| is cut to it
    Decay decay;
    std::string once_per;  ///< "" every time; else event property: once per asset (the latest counts)
};

struct ScoreGroup {
    std::string id;
    Text name;
    std::optional<Decimal> cap;
    std::vector<ScoreRule> rules;
};

/// After `after` without any fact that this score counts, `points` (negative) each further `every`; floor at 0.
struct Inactivity {
    std::int64_t after_days = 0;
    Decimal points;
    std::int64_t every_days = 0;  ///< 0 = once
};

enum class ScoreKind : std::uint8_t { fit, behaviour, total };
struct Score {
    std::string id;  ///< readable as score.<id>
    Text name;
    ScoreKind kind = ScoreKind::fit;
    std::optional<Decimal> cap;
    std::optional<Decimal> floor;  ///< lowest value; none = may go negative
    std::vector<ScoreGroup> groups;
    std::optional<Inactivity> inactivity;
    Place place;
};

/// A label from a score: the first band, in order, whose `at_least` the score reaches.
struct Band {
    std::string label;
    std::optional<Decimal> at_least;  ///< none = otherwise
};

/// One row of a class decided by rules; the first that holds, in order, wins.
struct ClassRule {
    std::string label;
    Criteria criteria;  ///< empty = otherwise
    Place place;
};

enum class ClassKind : std::uint8_t { rules, bands, matrix };
struct Class {
    std::string id;  ///< readable as class.<id>
    Text name;
    ClassKind kind = ClassKind::rules;
    std::vector<std::string> labels;  ///< best first
    std::vector<ClassRule> rules;     ///< kind rules
    Text score;                       ///< kind bands: the score's id
    std::vector<Band> bands;
    Text rows, columns;                                               ///< kind matrix: two band classes' ids
    std::map<std::string, std::map<std::string, std::string>> cells;  ///< row label → column label → label
    Place place;
};

struct Reason {
    std::string id, label;
    std::optional<std::int64_t> wake_after_days;
    Text to;  ///< stage this reason leads to instead of the arrow's own
    Place place;
};
struct ReasonList {
    std::string id;
    std::vector<Reason> reasons;
    Place place;
};

enum class ActionKind : std::uint8_t { notify, task, enrol, webhook, set_field, start_clock };
struct Action {
    ActionKind kind = ActionKind::notify;
    std::string target;  ///< team, program, url, property or clock, by kind
    std::string text;
    std::string responsible;
    std::optional<Duration> within;
    std::string proof;
    Place place;
};

struct Sla {
    std::optional<Duration> within;
    std::string calendar;
    std::string act;        ///< what meets it: accept, follow_up …
    std::string on_breach;  ///< in words or an action's id
    Place place;
};

enum class StageKind : std::uint8_t { marketing, sales, customer, closed };

struct Stage {
    std::string id;
    Text name;
    std::string definition;
    StageKind kind = StageKind::marketing;
    bool before_lead = false;  ///< people stand here without being leads (prospect, subscriber)
    bool won = false, lost = false;
    Text owner;  ///< team
    std::string metric;
    Criteria enter;                 ///< qualification parameters: guard of every automatic arrow into it
    std::vector<Text> observed_by;  ///< fact types that prove the stage was reached, whatever stood before (a skip)
    std::string hold;               ///< "nurture": leads here are held by nurture
    std::optional<Duration> dwell_max;
    std::optional<Sla> sla;
    std::vector<Action> on_enter, on_leave;
    Place place;
};

enum class ArrowDirection : std::uint8_t { forward, backward };

struct Arrow {
    std::string id;  ///< given, or "from→to"
    std::vector<Text> from;
    Text to;
    Text label;
    Criteria when;                  ///< beside the target's `enter`
    std::optional<Text> on;         ///< fact type or decision verb that triggers it; none = automatic
    std::optional<Duration> after;  ///< automatic after this long in the stage
    std::string by;                 ///< team that answers for the move
    Text reasons;                   ///< reason list; a decision on this arrow must name one of it
    bool new_cycle = false;
    std::string hold;  ///< "nurture": held by nurture after the move
    std::optional<std::int64_t> wake_after_days;
    std::vector<Action> actions;
    Place place;
};

enum class SilenceEnd : std::uint8_t { stays_open, accepted, expired };

/// A transfer between teams: offered when a lead enters `at`.
struct HandOff {
    std::string id;
    Text name;
    Text at;
    Text from, to;  ///< teams
    std::optional<Duration> silence_after;
    SilenceEnd silence = SilenceEnd::stays_open;
    Place place;
};

struct Route {
    std::string name;
    std::optional<Text> when;  ///< none = otherwise
    std::string to;            ///< user, team or queue
    Place place;
};

struct ProgramStep {
    std::string kind, text;
    std::optional<Duration> wait;
};
struct Program {
    std::string id, name, goal;
    std::optional<Text> entry, exit;
    std::string responsible;
    std::vector<ProgramStep> steps;
    Place place;
};

struct Commitment {
    std::string team, what, per, segment;
    std::int64_t number = 0;
    Place place;
};

struct Signer {
    std::string id, name, role;
};

struct Playbook {
    std::string id, name, description, process;
    std::string file;  ///< for messages
    std::vector<Signer> signers;
    std::vector<Text> own_sites;  ///< domains of one's own web sites: going from one to another is no new touch
    std::vector<Team> teams;
    std::vector<Property> properties;
    std::vector<FactType> facts;
    std::vector<Question> questions;
    std::map<std::string, std::vector<std::string>> lists;
    std::vector<Aggregate> aggregates;
    std::vector<Score> scores;
    std::vector<Class> classes;
    std::vector<ReasonList> reasons;
    std::vector<Stage> stages;
    std::vector<Arrow> arrows;  ///< document order is the order of preference
    std::vector<HandOff> hand_offs;
    std::vector<Route> routing;
    std::vector<Program> programs;
    std::vector<Commitment> commitments;
    std::string total_score;  ///< id of the combined score, "" = none
};

}  // namespace baton::playbook
