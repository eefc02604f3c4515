#include "app/subjects.h"

namespace baton::app {

Result<Subject> subject_of(const ports::StateRow& row) {
    Subject subject;
    subject.id = row.subject;
    subject.last = row.last;
    if (codec::kind_of_row(row.state) == codec::RowKind::account) {
        auto account = codec::decode_account(row.state);
        if (!account) return std::unexpected(account.error());
        subject.row = std::move(*account);
        return subject;
    }
    auto person = codec::decode_person(row.state);
    if (!person) return std::unexpected(person.error());
    subject.row = std::move(*person);
    return subject;
}

Subject* Subjects::find(SubjectId id) {
    const auto at = held_.find(id.value);
    if (at == held_.end()) return nullptr;
    to_front(*at->second);
    return at->second.get();
}

Subject& Subjects::add(SubjectId id, bool account) {
    auto subject = std::make_unique<Subject>();
    subject->id = id;
    if (account) subject->row = codec::AccountRow{};
    return hold(std::move(subject));
}

Status Subjects::fetch(std::span<const SubjectId> ids, const ports::Reader& store) {
    std::vector<SubjectId> missing;
    for (const SubjectId id : ids)
        if (find(id) == nullptr) missing.push_back(id);
    if (missing.empty()) return {};
    const auto rows = store.states_of(missing);
    if (!rows) return std::unexpected(rows.error());
    for (const ports::StateRow& row : *rows) {
        if (held_.contains(row.subject.value)) continue;
        auto subject = subject_of(row);
        if (!subject) return std::unexpected(subject.error());
        hold(std::make_unique<Subject>(std::move(*subject)));
    }
    return {};
}

void Subjects::touch(Subject& subject) {
    if (subject.dirty) return;
    subject.dirty = true;
    dirty_.push_back(&subject);
}

void Subjects::written() {
    for (Subject* subject : dirty_) {
        subject->dirty = false;
        weigh(*subject);
    }
    dirty_.clear();
}

void Subjects::shrink() {
    while (bytes_ > limit_ && oldest_ != nullptr && !oldest_->dirty) {
        Subject& last = *oldest_;
        bytes_ -= last.bytes;
        unlink(last);
        held_.erase(last.id.value);
    }
}

void Subjects::clear() {
    held_.clear();
    dirty_.clear();
    newest_ = oldest_ = nullptr;
    bytes_ = 0;
}

void Subjects::drop(SubjectId id) {
    const auto at = held_.find(id.value);
    if (at == held_.end()) return;
    Subject& subject = *at->second;
    BATON_CHECK(!subject.dirty);
    bytes_ -= subject.bytes;
    unlink(subject);
    held_.erase(at);
}

Subject& Subjects::hold(std::unique_ptr<Subject> subject) {
    Subject& held = *subject;
    held.newer = held.older = nullptr;
    held_[held.id.value] = std::move(subject);
    weigh(held);
    to_front(held);
    return held;
}

void Subjects::weigh(Subject& subject) {
    constexpr std::size_t around = 64;  // the map's node
    bytes_ -= subject.bytes;
    subject.bytes =
        around + sizeof(Subject) + std::visit([](const auto& row) { return codec::memory_of(row); }, subject.row);
    bytes_ += subject.bytes;
}

void Subjects::to_front(Subject& subject) {
    if (newest_ == &subject) return;
    unlink(subject);
    subject.older = newest_;
    if (newest_ != nullptr) newest_->newer = &subject;
    newest_ = &subject;
    if (oldest_ == nullptr) oldest_ = &subject;
}

void Subjects::unlink(Subject& subject) {
    if (subject.newer != nullptr) subject.newer->older = subject.older;
    if (subject.older != nullptr) subject.older->newer = subject.newer;
    if (newest_ == &subject) newest_ = subject.older;
    if (oldest_ == &subject) oldest_ = subject.newer;
    subject.newer = subject.older = nullptr;
}

}  // namespace baton::app
