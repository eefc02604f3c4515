#include "storage/findings.h"

namespace baton::storage {

void Findings::add(std::string where, std::string what) {
    if (found_.size() < most) {
        found_.push_back({std::move(where), std::move(what)});
    } else {
        ++more_;
    }
}

void Findings::note(const std::string& where, const Status& status) {
    if (!status) add(where, "cannot be read: " + status.error().detail);
}

std::vector<ports::Damage> Findings::take() && {
    if (more_ != 0) found_.push_back({"elsewhere", std::to_string(more_) + " more findings"});
    return std::move(found_);
}

}  // namespace baton::storage
