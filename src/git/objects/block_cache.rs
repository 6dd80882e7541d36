//! The bytes of packs, read in blocks.

use super::pack::Packs;

/// The bytes of packs in blocks, the last ones kept: objects that are wanted together mostly lie together.
#[derive(Default)]
pub(super) struct BlockCache {
    slots: Vec<Block>,
    /// What is too long for a block.
    long: Vec<u8>,
}

#[derive(Default)]
struct Block {
    place: Option<(usize, u64)>,
    bytes: Vec<u8>,
}

impl BlockCache {
    const SLOTS: u64 = 128;
    const SIZE: u64 = 8 << 10;
    /// A block goes on so far into the next one, so that few objects lie across its end.
    const OVERLAP: u64 = 2 << 10;

    /// `length` bytes from `offset`, fewer where the objects end before.
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
        if block.place != Some((pack, number)) {
            block.place = None;
            block.bytes.resize((Self::SIZE + Self::OVERLAP) as usize, 0);
            let read = file.read_up_to(number * Self::SIZE, &mut block.bytes)?.len();
            block.bytes.truncate(read);
            block.place = Some((pack, number));
        }
        block.bytes.get(inside..inside + length)
    }
}
