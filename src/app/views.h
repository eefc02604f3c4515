// Views: filters of the list of leads that have a name. Some come with Baton and need no set-up; the others are configuration, each
// a record in the company's lane, shared with everybody or the maker's own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/ledger.h"
#include "app/reads.h"
#include "codec/json_writer.h"

namespace baton::app {

inline constexpr std::size_t longest_filter = 8'192;
inline constexpr std::size_t most_views = 1'000;

struct ListedView {
    codec::SavedView view;
    bool shipped = false;
    std::string problem;  ///< why the active playbook does not understand its filter; "" = it does
};

/// Who asks. By default somebody who may everything and is nobody: the command line, the server's own token.
struct Viewer {
    std::string id;
    bool may_share = true;  ///< make and change what everybody sees
    bool sees_all = true;   ///< also what is others' own
};

struct ViewWanted {
    std::string name, label, filter;
    std::string sort = "updated";
    bool shared = false;
};

class Views {
   public:
    enum class How : std::uint8_t { create, change, either };

    explicit Views(Ledger& ledger) : ledger_(ledger) {}

    /// Names are one for all: what is somebody's own takes its name from the others, too. Codes: bad_view, bad_filter (each mistake as
    /// "line:column: what; how to mend it"), no_playbook, view_exists (create), unknown_view (change), view_shipped, not_allowed,
    /// those of the store.
    Status save(const ViewWanted& wanted, How how, const Viewer& viewer, std::string_view actor,
                const OnlyIf& only_if = {});
    /// Codes unknown_view, view_shipped, not_allowed.
    Status remove(std::string_view name, const Viewer& viewer, std::string_view actor, const OnlyIf& only_if = {});

    /// What the viewer sees: those that come with Baton first, then ascending by name.
    static Result<std::vector<ListedView>> list(const Reads& reads, const Viewer& viewer);
    /// Code unknown_view.
    static Result<ListedView> find(const Reads& reads, std::string_view name, const Viewer& viewer);

   private:
    Ledger& ledger_;
};

/// Another one whenever it was saved again.
std::string version_of(const codec::SavedView& view);
/// Another one when name, filter or sort is another: what a cursor into the view is good for.
std::string print_of(const codec::SavedView& view);

/// {"name","label","filter","sort","shared","owner","shipped","actor","since","revision","problem"}
void write(codec::JsonWriter& out, const ListedView& view);
/// {"views": […]}
std::string document(const std::vector<ListedView>& views);

}  // namespace baton::app
