//! Reorders items like the commits that they belong to.

/// Reorders items. `order` must contain each index once.
#[must_use]
pub fn reorder<T>(items: Vec<T>, order: &[u32]) -> Vec<T> {
    let mut pending: Vec<Option<T>> = items.into_iter().map(Some).collect();
    let mut reordered = Vec::with_capacity(pending.len());
    reordered
        .extend(order.iter().filter_map(|index| pending.get_mut(*index as usize).and_then(Option::take)));
    reordered
}
