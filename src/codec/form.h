// What a form sent: fields with their values, whatever the shape it came in.
//   application/x-www-form-urlencoded   WHATWG URL §5.1
//   multipart/form-data                 RFC 7578; files are named, not taken
//   application/json                    {"email": "ada@acme.example", "interests": ["a", "b"]}; objects inside become a.b
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace baton::codec {

struct FormField {
    std::string name;
    std::vector<std::string> values;  ///< in order; a checkbox may be there several times
};

/// In the order they first came; each name once.
class FormFields {
   public:
    void add(std::string_view name, std::string value);
    const FormField* find(std::string_view name) const;
    /// The first value; "" when there is none.
    std::string first(std::string_view name) const;
    const std::vector<FormField>& all() const { return all_; }
    bool empty() const { return all_.empty(); }

    std::vector<std::string> files;  ///< names of fields that held a file

   private:
    std::vector<FormField> all_;
    std::map<std::string, std::size_t, std::less<>> places_;
};

inline constexpr std::size_t most_form_fields = 1'000;
inline constexpr std::size_t longest_form = 262'144;  ///< bytes

/// Codes: too_large, too_many_fields, bad_form (with what is wrong), bad_json, unknown_form_type.
Result<FormFields> parse_form(std::string_view content_type, std::string_view body);

/// What a web address asks for: "…?utm_source=x&gclid=1#top". What is no text there is left out.
FormFields query_of(std::string_view address);

/// The parts, for tests and fuzzing.
Result<FormFields> parse_urlencoded(std::string_view body);
Result<FormFields> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace baton::codec
