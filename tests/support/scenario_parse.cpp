// Text → scenarios. Every mistake is found with its line; none makes a guess.
#include <charconv>
#include <map>

#include "support/scenario.h"
#include "support/scenario_words.h"

namespace baton::scenario {
namespace {

struct Token {
    std::string key;  ///< of key=value; "" for a plain word
    std::string text;
    bool quoted = false;
    bool list = false;
};

class Tokens {
   public:
    explicit Tokens(std::string_view text) : text_(text) {}

    bool done() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
        return at_ == text_.size();
    }
    /// Nothing at the end, or when a quote or bracket stays open.
    std::optional<Token> next() {
        if (done()) return std::nullopt;
        Token token;
        if (starts(text_[at_])) return value(token) ? std::optional(token) : std::nullopt;
        const std::size_t from = at_;
        while (at_ < text_.size() && text_[at_] != ' ' && text_[at_] != '=') ++at_;
        token.text = text_.substr(from, at_ - from);
        if (at_ == text_.size() || text_[at_] == ' ') return token;
        ++at_;
        token.key = std::move(token.text);
        token.text.clear();
        return value(token) ? std::optional(token) : std::nullopt;
    }
    std::string_view rest() {
        done();
        return text_.substr(at_);
    }

   private:
    static bool starts(char c) { return c == '"' || c == '['; }

    bool until(char end, Token& token) {
        const std::size_t close = text_.find(end, ++at_);
        if (close == std::string_view::npos) return false;
        token.text = text_.substr(at_, close - at_);
        at_ = close + 1;
        return true;
    }
    bool value(Token& token) {
        if (at_ < text_.size() && text_[at_] == '"') return token.quoted = true, until('"', token);
        if (at_ < text_.size() && text_[at_] == '[') return token.list = true, until(']', token);
        const std::size_t from = at_;
        while (at_ < text_.size() && text_[at_] != ' ') ++at_;
        token.text = text_.substr(from, at_ - from);
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

Value plain(const std::string& text) {
    if (text == "true") return Value(true);
    if (text == "false") return Value(false);
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (error == std::errc() && end == text.data() + text.size()) return Value(whole);
    if (const auto decimal = Decimal::parse(text)) return Value(*decimal);
    return Value(text);
}

Value value_of(const Token& token) {
    if (token.quoted) return Value(token.text);
    if (!token.list) return plain(token.text);
    ValueList list;
    std::string_view rest = token.text;
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        const std::string_view item = trimmed(rest.substr(0, comma));
        if (!item.empty()) list.push_back(plain(std::string(item)));
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    return Value(std::move(list));
}

void put(Properties& properties, std::string name, Value value) {
    auto at = properties.begin();
    while (at != properties.end() && at->name < name) ++at;
    properties.insert(at, {std::move(name), std::move(value)});
}

/// What people of ours do to a person, and the fact it makes.
const std::map<std::string, std::string, std::less<>>& acts() {
    static const std::map<std::string, std::string, std::less<>> all = {{"accepts", "accept"},
                                                                        {"rejects", "reject"},
                                                                        {"returns", "return"},
                                                                        {"withdraws", "withdraw"},
                                                                        {"disqualifies", "disqualify"},
                                                                        {"moves", "move"},
                                                                        {"assigns", "assign"},
                                                                        {"calls", "call"},
                                                                        {"notes", "note"},
                                                                        {"asks", "answer"}};
    return all;
}

class Parser {
   public:
    explicit Parser(std::string_view text) : text_(text) {}

    std::expected<File, std::vector<Mistake>> run() {
        while (!text_.empty()) {
            const std::size_t end = text_.find('\n');
            ++number_;
            line(trimmed(text_.substr(0, end)));
            text_ = end == std::string_view::npos ? std::string_view() : text_.substr(end + 1);
        }
        if (file_.playbook.empty()) mistake("the file must begin with 'playbook: <id>'");
        for (const Scenario& s : file_.scenarios)
            if (s.events.empty()) mistakes_.push_back({s.line, "the scenario '" + s.name + "' says nothing"});
        if (!mistakes_.empty()) return std::unexpected(std::move(mistakes_));
        return std::move(file_);
    }

   private:
    void mistake(std::string message) { mistakes_.push_back({number_, std::move(message)}); }

    void line(std::string_view text) {
        if (text.empty() || text.front() == '#') return;
        const std::size_t space = text.find(' ');
        const std::string_view word = text.substr(0, space);
        const std::string rest(space == std::string_view::npos ? std::string_view() : trimmed(text.substr(space)));
        if (word == "playbook:") {
            file_.playbook = rest;
        } else if (word == "scenario:") {
            file_.scenarios.push_back({rest, number_, {}});
        } else if (file_.scenarios.empty()) {
            mistake("a line before the first 'scenario:'");
        } else if (word == "given" || word == "when") {
            event(word, rest);
        } else if (word == "then" || word == "and" || word == "check") {
            attach(word, rest);
        } else {
            mistake("unknown word '" + std::string(word) +
                    "'; lines begin with scenario:, given, when, then, and, check or #");
        }
    }

    void attach(std::string_view word, const std::string& rest) {
        auto& events = file_.scenarios.back().events;
        if (events.empty()) return mistake("'" + std::string(word) + "' needs a 'given' or 'when' before it");
        (word == "check" ? events.back().checks : events.back().expected).push_back({number_, rest});
    }

    void event(std::string_view word, const std::string& rest) {
        Event e;
        e.line = {number_, std::string(word) + " " + rest};
        e.compared = word == "when";
        Tokens tokens(rest);
        auto token = tokens.next();
        if (token && token->text == "historical") {
            e.historical = true;
            token = tokens.next();
        }
        if (token && token->text == "public") {
            e.trust = Trust::browser;
            token = tokens.next();
        }
        if (!token || !set_time(e, token->text)) return mistake("a time is missing, such as 2026-01-05T09:00Z or +3d");
        if (tokens.rest() == "passes") {
            e.kind = EventKind::passes;
        } else if (tokens.rest() == "go live") {
            e.kind = EventKind::go_live;
        } else if (!happening(e, tokens)) {
            return;
        }
        file_.scenarios.back().events.push_back(std::move(e));
    }

    bool set_time(Event& e, const std::string& text) const {
        if (text.starts_with('+')) {
            const auto later = parse_duration(text.substr(1));
            if (later) e.later = *later;
            return later.has_value() && !file_.scenarios.back().events.empty();
        }
        e.at = time_in(text);
        return e.at.has_value();
    }

    bool happening(Event& e, Tokens& tokens) {
        const auto who = tokens.next();
        const auto verb = tokens.next();
        if (!who || !verb) return mistake("who does what? For example: anna does \"Demo Requested\""), false;
        if (who->text == "account") {
            e.subject = verb->text;
            e.of_account = true;
            e.type = "account";
        } else if (!behaviour(e, *who, *verb, tokens) && !act(e, *who, *verb, tokens)) {
            return mistake("unknown verb '" + verb->text +
                           "'; use does, profile, answers, consent, scrubbed, accepts, rejects, returns, withdraws, "
                           "disqualifies, moves, "
                           "assigns, calls, notes, asks"),
                   false;
        }
        if (e.subject.empty() || e.type.empty()) return mistake("whom, or what, does this mean?"), false;
        return properties(e, tokens);
    }

    static bool behaviour(Event& e, const Token& who, const Token& verb, Tokens& tokens) {
        if (verb.text != "does" && verb.text != "profile" && verb.text != "answers" && verb.text != "scrubbed" &&
            verb.text != "consent")
            return false;
        e.subject = who.text;
        e.type = verb.text == "answers" ? "answer" : verb.text;
        if (verb.text == "does") e.type = tokens.next().value_or(Token{}).text;
        return true;
    }

    static bool act(Event& e, const Token& who, const Token& verb, Tokens& tokens) {
        const auto act = acts().find(verb.text);
        if (act == acts().end()) return false;
        e.actor = who.text == "nobody" ? "" : who.text;
        e.type = act->second;
        e.subject = tokens.next().value_or(Token{}).text;
        return true;
    }

    bool properties(Event& e, Tokens& tokens) {
        Properties given;
        while (!tokens.done()) {
            const auto token = tokens.next();
            if (!token) return mistake("a quote or bracket is not closed"), false;
            if (token->key.empty()) return mistake("'" + token->text + "' is not of the form name=value"), false;
            if (token->key == "account") {
                e.account = token->text;
            } else if (token->key == "occurred") {
                e.occurred_at = time_in(token->text);
                if (!e.occurred_at) return mistake("'" + token->text + "' is no time"), false;
            } else {
                put(given, token->key, value_of(*token));
            }
        }
        split(e, std::move(given));
        return true;
    }

    /// answers budget=approved need="less paper" words="…" → one fact a question.
    static void split(Event& e, Properties given) {
        if (e.type != "answer") return e.facts.push_back(std::move(given));
        const Value* words = find(given, "words");
        for (const NamedValue& g : given) {
            if (g.name == "words") continue;
            Properties one = {{"question", Value(g.name)}, {"value", g.value}};
            if (words != nullptr) put(one, "words", *words);
            e.facts.push_back(std::move(one));
        }
    }

    std::string_view text_;
    int number_ = 0;
    File file_;
    std::vector<Mistake> mistakes_;
};

}  // namespace

std::expected<File, std::vector<Mistake>> parse(std::string_view text) { return Parser(text).run(); }

}  // namespace baton::scenario
