#include "codec/form.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "codec/fact_json.h"

namespace baton::codec {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// A broken escape stays as it is, as browsers read it.
std::string unescaped(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = high < 0 ? -1 : hex_value(text[i + 2]);
        if (low >= 0) {
            plain += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            plain += text[i] == '+' ? ' ' : text[i];
        }
    }
    return plain;
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// `form-data; name="a;b"; filename=x` → the value of one parameter. Nothing when it is not there.
std::optional<std::string> parameter(std::string_view header, std::string_view wanted) {
    std::size_t at = header.find(';');
    while (at != std::string_view::npos) {
        std::string_view rest = without_blanks(header.substr(at + 1));
        const std::size_t equals = rest.find_first_of("=;");
        if (equals == std::string_view::npos || rest[equals] == ';') {
            at = header.find(';', at + 1);
            continue;
        }
        const std::string name = lower_case(without_blanks(rest.substr(0, equals)));
        rest = without_blanks(rest.substr(equals + 1));
        std::string value;
        std::size_t used = 0;
        if (rest.starts_with('"')) {
            for (used = 1; used < rest.size() && rest[used] != '"'; ++used) {
                if (rest[used] == '\\' && used + 1 < rest.size() && (rest[used + 1] == '"' || rest[used + 1] == '\\'))
                    ++used;
                value += rest[used];
            }
        } else {
            used = std::min(rest.find(';'), rest.size());
            value = without_blanks(rest.substr(0, used));
        }
        if (name == wanted) return value;
        const auto consumed = static_cast<std::size_t>(rest.data() - header.data()) + used;
        at = header.find(';', std::min(consumed, header.size()));
    }
    return std::nullopt;
}

std::unexpected<Error> too_many() {
    return fail("too_many_fields", "a form has at most " + std::to_string(most_form_fields) + " fields");
}

/// One part between two boundaries.
Status take_part(std::string_view part, FormFields& into) {
    const std::size_t gap = part.find("\r\n\r\n");
    const bool headless = part.starts_with("\r\n");
    if (gap == std::string_view::npos && !headless)
        return fail("bad_form", "a part of the form has no empty line behind its headers");
    std::string_view head = headless ? std::string_view() : part.substr(0, gap);
    const std::string_view value = headless ? part.substr(2) : part.substr(gap + 4);
    std::optional<std::string> name;
    bool file = false;
    while (!head.empty()) {
        const std::string_view line = head.substr(0, head.find("\r\n"));
        head.remove_prefix(std::min(head.size(), line.size() + 2));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || lower_case(line.substr(0, colon)) != "content-disposition") continue;
        name = parameter(line.substr(colon + 1), "name");
        file = parameter(line.substr(colon + 1), "filename").has_value();
    }
    if (!name || name->empty())
        return fail("bad_form", "a part of the form has no name: Content-Disposition: form-data; name=\"email\"");
    if (file) {
        if (into.files.size() >= most_form_fields) return too_many();
        into.files.push_back(*name);
    } else {
        into.add(*name, std::string(value));
    }
    return {};
}

Result<FormFields> parse_json_form(std::string_view body) {
    const auto tree = parse_json(body, {.depth = 8, .bytes = longest_form, .nodes = 4 * most_form_fields});
    if (!tree) return std::unexpected(tree.error());
    if (tree->kind != JsonKind::object) return fail("bad_form", "send one object: {\"email\": \"ada@acme.example\"}");
    Properties flat;
    if (auto read = read_properties(*tree, flat); !read) return std::unexpected(read.error());
    FormFields fields;
    for (const NamedValue& one : flat) {
        if (const auto* list = one.value.as<ValueList>())
            for (const Value& item : *list) fields.add(one.name, to_text(item));
        else
            fields.add(one.name, to_text(one.value));
    }
    return fields;
}

}  // namespace

void FormFields::add(std::string_view name, std::string value) {
    const auto [at, made] = places_.try_emplace(std::string(name), all_.size());
    if (made) all_.push_back({std::string(name), {}});
    all_[at->second].values.push_back(std::move(value));
}

const FormField* FormFields::find(std::string_view name) const {
    const auto at = places_.find(name);
    return at == places_.end() ? nullptr : &all_[at->second];
}

std::string FormFields::first(std::string_view name) const {
    const FormField* field = find(name);
    return field == nullptr ? std::string() : field->values.front();
}

Result<FormFields> parse_urlencoded(std::string_view body) {
    FormFields fields;
    for (std::size_t count = 0; !body.empty();) {
        const std::string_view pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(body.size(), pair.size() + 1));
        if (pair.empty()) continue;
        if (++count > most_form_fields) return too_many();
        const std::size_t equals = pair.find('=');
        const std::string name = unescaped(pair.substr(0, equals));
        if (name.empty()) return fail("bad_form", "a field of the form has no name");
        fields.add(name, equals == std::string_view::npos ? std::string() : unescaped(pair.substr(equals + 1)));
    }
    return fields;
}

FormFields query_of(std::string_view address) {
    address = address.substr(0, address.find('#'));
    const std::size_t mark = address.find('?');
    if (mark == std::string_view::npos) return {};
    const auto asked = parse_urlencoded(address.substr(mark + 1));
    if (!asked) return {};
    FormFields sound;
    for (const FormField& field : asked->all())
        for (const std::string& value : field.values)
            if (sound_text(field.name) && sound_text(value)) sound.add(field.name, value);
    return sound;
}

Result<FormFields> parse_multipart(std::string_view content_type, std::string_view body) {
    const auto boundary = parameter(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > 70)
        return fail("bad_form", "multipart/form-data needs a boundary of 1 to 70 bytes");
    const std::string opening = "--" + *boundary, between = "\r\n" + opening;
    const std::size_t first = body.starts_with(opening) ? 0 : body.find(between);
    if (first == std::string_view::npos) return fail("bad_form", "the form does not hold its boundary");
    body.remove_prefix(first + (first == 0 ? opening.size() : between.size()));
    FormFields fields;
    for (std::size_t count = 0; !body.starts_with("--");) {
        if (++count > most_form_fields) return too_many();
        const std::size_t line = body.find("\r\n");
        if (line == std::string_view::npos || !without_blanks(body.substr(0, line)).empty())
            return fail("bad_form", "something stands behind a boundary of the form");
        body.remove_prefix(line + 2);
        const std::size_t end = body.find(between);
        if (end == std::string_view::npos)
            return fail("bad_form", "the form is cut short: its last boundary is missing");
        if (auto taken = take_part(body.substr(0, end), fields); !taken) return std::unexpected(taken.error());
        body.remove_prefix(end + between.size());
    }
    return fields;
}

Result<FormFields> parse_form(std::string_view content_type, std::string_view body) {
    if (body.size() > longest_form)
        return fail("too_large", "a form has at most " + std::to_string(longest_form) + " bytes");
    const std::string type = lower_case(without_blanks(content_type.substr(0, content_type.find(';'))));
    if (type == "application/x-www-form-urlencoded") return parse_urlencoded(body);
    if (type == "multipart/form-data") return parse_multipart(content_type, body);
    if (type == "application/json") return parse_json_form(body);
    return fail("unknown_form_type",
                "send the form as application/x-www-form-urlencoded, multipart/form-data or application/json");
}

}  // namespace baton::codec
