//! Caches blocks of pack files.

use super::pack::Packs;

/// A cache of pack blocks: objects that are read together are mostly stored together.
#[derive(Default)]
pub(super) struct BlockCache {
    slots: Vec<Block>,
    /// Buffer for ranges that do not fit into a block.
    long: Vec<u8>,
}

#[derive(Default)]
struct Block {
    key: Option<(usize, u64)>,
    bytes: Vec<u8>,
}

impl BlockCache {
    const SLOTS: u64 = 128;
    const SIZE: u64 = 8 << 10;
    /// Bytes by which a block overlaps the next one, so that few objects cross its end.
    const OVERLAP: u64 = 2 << 10;

    /// Reads `length` bytes from `offset`; fewer if the last entry ends before.
    pub(in crate::git) fn bytes(
        &mut self,
        packs: &Packs,
        pack: usize,
        offset: u64,
        length: usize,
    ) -> Option<&[u8]> {
        let file = packs.get(pack)?;
        let length = usize::try_from(file.end().checked_sub(offset)?).unwrap_or(length).min(length);
        let (number, inside) = (offset / Self::SIZE, usize::try_from(offset % Self::SIZE).ok()?);
        if (inside + length) as u64 > Self::SIZE + Self::OVERLAP {
            self.long.resize(length, 0);
            return file.read_up_to(offset, &mut self.long);
        }
        if self.slots.is_empty() {
            self.slots.resize_with(Self::SLOTS as usize, Block::default);
        }
        let slot = (number + pack as u64 * 17) % Self::SLOTS;
        let block = self.slots.get_mut(usize::try_from(slot).ok()?)?;
        if block.key != Some((pack, number)) {
            block.key = None;
            block.bytes.resize((Self::SIZE + Self::OVERLAP) as usize, 0);
            let read = file.read_up_to(number * Self::SIZE, &mut block.bytes)?.len();
            block.bytes.truncate(read);
            block.key = Some((pack, number));
        }
        block.bytes.get(inside..inside + length)
    }
}
