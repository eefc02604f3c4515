#include "codec/lead_answers.h"

#include <algorithm>
#include <map>

#include "base/mac.h"
#include "codec/json_tree.h"
#include "codec/json_walk.h"

namespace baton::codec {
namespace {

constexpr std::size_t longest_answer = std::size_t{1} << 20;

/// What ids are made of stays; anything else cannot lead to another path.
std::string escaped(std::string_view text) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                           c == '_' || c == '~';
        if (plain) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

std::string_view prefix_of(SourceKind kind) { return kind == SourceKind::meta ? "meta:" : "linkedin:"; }

// ---- Meta

/// What the testing tool fills in: "<test lead: dummy data for full_name>".
bool is_dummy(std::string_view value) { return value.starts_with("<test lead: dummy data for"); }

Result<Fill> meta(const JsonNode& body) {
    Fill fill;
    const JsonNode* answers = within(&body, "field_data", JsonKind::array);
    if (answers == nullptr) return fail("bad_answer", "the answer has no 'field_data'");
    for (const JsonNode& field : answers->items)
        for (const JsonNode& one : items_in(&field, "values")) {
            const std::string value = scalar(one);
            if (is_dummy(value)) return fail("test_lead", "a lead of Meta's testing tool");
            add(fill.fields, text_in(&field, "name"), value);
        }
    for (const char* name : {"ad_id", "adset_id", "campaign_id", "form_id", "is_organic", "platform"})
        add(fill.context, name, text_in(&body, name));
    add(fill.context, "campaign", text_in(&body, "campaign_name"));
    std::string at = text_in(&body, "created_time");  // "2026-07-16T00:12:13+0000"
    if (at.size() > 5 && (at[at.size() - 5] == '+' || at[at.size() - 5] == '-')) at.insert(at.size() - 2, ":");
    fill.occurred_at = parse_instant(at);
    return fill;
}

// ---- LinkedIn

struct Question {
    std::string name;
    std::map<std::string, std::string> options;  ///< text by id
};

/// In any language: the first there is.
std::string localised(const JsonNode* node) {
    const JsonNode* texts = within(node, "localized", JsonKind::object);
    return texts == nullptr || texts->items.empty() ? std::string() : scalar(texts->items.front());
}

std::map<std::string, Question> questions_of(const JsonNode* form) {
    std::map<std::string, Question> questions;
    for (const JsonNode& asked : items_in(within(form, "content", JsonKind::object), "questions")) {
        Question question;
        question.name = text_in(&asked, "predefinedField");
        if (question.name.empty()) question.name = text_in(&asked, "name");
        const JsonNode* details = within(&asked, "questionDetails", JsonKind::object);
        for (const JsonNode& option :
             items_in(within(details, "multipleChoiceQuestionDetails", JsonKind::object), "options"))
            question.options[text_in(&option, "id")] = localised(within(&option, "text", JsonKind::object));
        questions[text_in(&asked, "questionId")] = std::move(question);
    }
    return questions;
}

void take_answer(const JsonNode& answer, const std::map<std::string, Question>& questions, FormFields& into) {
    const std::string id = text_in(&answer, "questionId");
    const auto at = questions.find(id);
    const bool known = at != questions.end() && !at->second.name.empty();
    const std::string name = known ? at->second.name : id;
    const JsonNode* details = within(&answer, "answerDetails", JsonKind::object);
    add(into, name, text_in(within(details, "textQuestionAnswer", JsonKind::object), "answer"));
    for (const JsonNode& chosen : items_in(within(details, "multipleChoiceAnswer", JsonKind::object), "options")) {
        const std::string option = scalar(chosen);
        const auto text = at == questions.end() ? std::map<std::string, std::string>::const_iterator()
                                                : at->second.options.find(option);
        const bool said = at != questions.end() && text != at->second.options.end() && !text->second.empty();
        add(into, name, said ? text->second : option);
    }
}

Result<Fill> linkedin(const JsonNode& response) {
    const JsonNode* answered = within(&response, "formResponse", JsonKind::object);
    if (answered == nullptr) return fail("bad_answer", "the answer has no 'formResponse'");
    if (const JsonNode* test = within(&response, "testLead", JsonKind::boolean); test != nullptr && test->truth)
        return fail("test_lead", "a test of LinkedIn's form");
    Fill fill;
    const JsonNode* form = within(&response, "form", JsonKind::object);
    const auto questions = questions_of(form);
    for (const JsonNode& answer : items_in(answered, "answers")) take_answer(answer, questions, fill.fields);
    for (const JsonNode& hidden : items_in(form, "hiddenFields"))
        add(fill.fields, text_in(&hidden, "name"), text_in(&hidden, "value"));
    add(fill.context, "form_id", text_in(form, "id"));
    add(fill.context, "form_name", text_in(form, "name"));
    add(fill.context, "lead_type", text_in(&response, "leadType"));
    const JsonNode* metadata = within(&response, "leadMetadata", JsonKind::object);
    add(fill.context, "campaign_id", text_in(within(metadata, "sponsoredLeadMetadata", JsonKind::object), "campaign"));
    add(fill.context, "creative_id",
        text_in(within(&response, "associatedEntity", JsonKind::object), "associatedCreative"));
    for (const JsonNode& consent : items_in(answered, "consentResponses")) {
        const std::string field = "consent_" + text_in(&consent, "consentId"), said = text_in(&consent, "accepted");
        add(fill.context, field, said);
        if (said == "true" || said == "false") fill.consents.push_back({field, said == "true", "", "consent"});
    }
    fill.occurred_at = moment_of(text_in(&response, "submittedAt"));
    return fill;
}

/// One response, or the page of a search that holds it.
const JsonNode* response_of(const JsonNode& body, std::string_view lead) {
    const JsonNode* found = within(&body, "elements", JsonKind::array);
    if (found == nullptr) return &body;
    for (const JsonNode& one : found->items)
        if (text_in(&one, "id") == lead) return &one;
    return nullptr;
}

}  // namespace

bool is_fetched(SourceKind kind) { return kind == SourceKind::meta || kind == SourceKind::linkedin; }

LeadCall call_for_lead(const Source& source, std::string_view lead, std::string_view secret, std::string_view token) {
    LeadCall call;
    call.headers = {{"Accept", "application/json"}, {"Authorization", "Bearer " + std::string(token)}};
    if (source.kind == SourceKind::meta) {
        call.url = source.base_url + "/" + escaped(lead) +
                   "?fields=id,created_time,ad_id,adset_id,campaign_id,campaign_name,form_id,is_organic,platform,"
                   "field_data&appsecret_proof=" +
                   hex_of(hmac_sha256(secret, {token}));
        return call;
    }
    call.url = source.base_url + "/leadFormResponses/" + escaped(lead) +
               "?fields=id,leadType,leadMetadata,associatedEntity,submittedAt,testLead,formResponse,"
               "form:(hiddenFields,name,id,content)";
    call.headers.emplace_back("LinkedIn-Version", source.api_version);
    call.headers.emplace_back("X-Restli-Protocol-Version", "2.0.0");
    return call;
}

Result<Fill> parse_lead(const Source& source, std::string_view lead, std::string_view body) {
    const auto tree = parse_json(body, {.depth = 16, .bytes = longest_answer, .nodes = 50'000});
    if (!tree) return std::unexpected(tree.error());
    if (tree->kind != JsonKind::object) return fail("bad_answer", "the answer must be a JSON object");
    const bool of_meta = source.kind == SourceKind::meta;
    const JsonNode* response = of_meta ? &*tree : response_of(*tree, lead);
    if (response == nullptr || text_in(response, "id") != lead)
        return fail("bad_answer", "the answer is not that of lead " + std::string(lead.substr(0, 100)));
    auto fill = of_meta ? meta(*response) : linkedin(*response);
    if (!fill) return fill;
    if (fill->fields.all().size() > most_form_fields) return fail("too_many_fields", "a lead has at most 1000 answers");
    fill->repeats = lead;
    fill->anonymous_id = id_of_lead(source, lead);
    return fill;
}

std::string id_of_lead(const Source& source, std::string_view lead) {
    return std::string(prefix_of(source.kind)) + std::string(lead);
}

}  // namespace baton::codec
