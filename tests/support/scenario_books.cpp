#include "support/scenario_books.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "codec/playbook_yaml.h"

namespace baton::scenario {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> files_in(const std::string& folder, const std::string& extension) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(fs::path(BATON_SOURCE_DIR) / folder))
        if (entry.path().extension() == extension) names.push_back(folder + "/" + entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

void read_playbook(Book& book) {
    const auto source = codec::read_playbook(read_text(book.path), book.path);
    if (!source) {
        for (const auto& d : source.error()) book.errors.push_back(to_string(d, book.path));
        return;
    }
    auto compiled = playbook::compile(*source, 1);
    for (const auto& d : compiled.diagnostics)
        (d.severity == playbook::Severity::error ? book.errors : book.warnings).push_back(to_string(d, book.path));
    book.playbook = std::move(compiled.playbook);
}

void read_scenarios(Book& book, const std::string& path) {
    auto file = parse(read_text(path));
    if (!file) {
        for (const Mistake& m : file.error())
            book.errors.push_back(path + ":" + std::to_string(m.line) + ": " + m.message);
        return;
    }
    if (book.playbook == nullptr || file->playbook != book.playbook->source.id) return;
    for (Scenario& s : file->scenarios) book.scenarios.emplace_back(path, std::move(s));
}

std::vector<Book> all() {
    std::vector<Book> found;
    for (const std::string folder : {"playbooks", "examples/x-education"}) {
        for (const std::string& path : files_in(folder, ".yaml")) {
            if (read_text(path).find("\nplaybook: 1") == std::string::npos &&
                !read_text(path).starts_with("playbook: 1"))
                continue;  // a mapping
            Book book;
            book.path = path;
            read_playbook(book);
            for (const std::string& scenarios : files_in(folder, ".scenario")) read_scenarios(book, scenarios);
            found.push_back(std::move(book));
        }
    }
    return found;
}

}  // namespace

std::string read_text(const std::string& path_in_repository) {
    std::ifstream file(fs::path(BATON_SOURCE_DIR) / path_in_repository);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

const std::vector<Book>& books() {
    static const std::vector<Book> found = all();
    return found;
}

}  // namespace baton::scenario
