// Strict reading of one map of a YAML file: known keys only, each once, each of its type; every mistake is collected.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"
#include "codec/yaml_tree.h"
#include "domain/playbook/model.h"

namespace baton::codec {

/// The keys a map may have. `name` is that of its definition in docs/playbook.schema.json.
struct Keys {
    std::string_view name;
    std::vector<std::string> required, optional;
};

/// Mistakes found so far. Beyond a hundred the rest is not told.
class Problems {
   public:
    void error(playbook::Place place, std::string message, std::string hint = {});
    const std::vector<playbook::Diagnostic>& all() const { return all_; }
    std::vector<playbook::Diagnostic> take();  ///< in the order of the file

   private:
    std::vector<playbook::Diagnostic> all_;
};

class Map {
   public:
    /// Reports what is no map, unknown and doubled keys and missing required ones.
    Map(Problems& problems, const YamlNode& node, const Keys& keys);

    playbook::Place place() const { return node_.place; }
    Problems& problems() const { return problems_; }
    bool has(std::string_view key) const { return find(key) != nullptr; }
    const YamlNode* find(std::string_view key) const;  ///< the value, or null

    // Each answers an empty value where the key is absent or wrong (and has then reported it).
    std::string text(std::string_view key) const;
    playbook::Text placed(std::string_view key) const;
    std::optional<playbook::Text> maybe(std::string_view key) const;
    std::optional<playbook::Text> expression(std::string_view key) const;
    std::string id(std::string_view key) const;          ///< letters, digits, _ and -
    std::string identifier(std::string_view key) const;  ///< readable in expressions: letters, digits, _
    bool flag(std::string_view key, bool otherwise) const;
    std::optional<Decimal> decimal(std::string_view key) const;
    std::optional<std::int64_t> whole(std::string_view key) const;
    std::optional<Duration> duration(std::string_view key) const;
    std::optional<std::int64_t> days(std::string_view key) const;  ///< a duration of whole days
    std::vector<std::string> texts(std::string_view key) const;
    std::span<const YamlNode> list(std::string_view key) const;
    std::size_t choice(std::string_view key, std::span<const std::string> words, std::size_t otherwise) const;

   private:
    std::span<const YamlNode> wrong_list(const YamlNode& value, std::string_view key) const;

    Problems& problems_;
    const YamlNode& node_;
};

/// A scalar as text; a number or true/false must be quoted to be text. Reports and answers nothing when it is not.
std::optional<playbook::Text> read_text(Problems& problems, const YamlNode& node, std::string_view what);
bool is_id(std::string_view word);          ///< a letter, then letters, digits, _ and -
bool is_identifier(std::string_view word);  ///< letters, digits and _, no word of the criteria language

}  // namespace baton::codec
