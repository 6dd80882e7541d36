//! Putting things into the order of commits.

/// The items in an order that gives each index once.
#[must_use]
pub fn arranged<T>(items: Vec<T>, order: &[u32]) -> Vec<T> {
    let mut slots: Vec<Option<T>> = items.into_iter().map(Some).collect();
    let mut arranged = Vec::with_capacity(slots.len());
    arranged.extend(order.iter().filter_map(|index| slots.get_mut(*index as usize).and_then(Option::take)));
    arranged
}
