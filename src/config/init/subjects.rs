//! Detects the language of commit subjects, and whether they are conventional.

/// Characters that only one of the two Chinese scripts has, from words that are common in commit messages.
const TRADITIONAL: &str = "這個來時後過還無問題錯誤檔資訊設頁圖讀寫測試從說話開關動實應業務單據條數電網優調權證驗變專連線為與對會發點選擇產顯現環圍鎖復換輸補內結構參員責";
const SIMPLIFIED: &str = "这个来时后过还无问题错误档资讯设页图读写测试从说话开关动实应业务单据条数电网优调权证验变专连线为与对会发点选择产显现环围锁复换输补内结构参员责";

/// `zh-TW`, `zh-CN` or `ja` if most subjects are in that language; `None` otherwise.
pub(super) fn locale<'a>(subjects: impl Iterator<Item = &'a str> + Clone) -> Option<&'static str> {
    let kana = |c: char| matches!(c, '\u{3041}'..='\u{30ff}');
    let han = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}');
    let all = subjects.clone().count();
    if subjects.clone().filter(|it| it.contains(kana)).count() * 2 > all {
        return Some("ja");
    }
    let chinese = || subjects.clone().filter(|it| it.contains(han) && !it.contains(kana));
    if chinese().count() * 2 <= all {
        return None;
    }
    let only = |own: &str, other: &str| {
        let own = |c: &char| own.contains(*c) && !other.contains(*c);
        chinese().flat_map(str::chars).filter(own).count()
    };
    let traditional = only(TRADITIONAL, SIMPLIFIED);
    let simplified = only(SIMPLIFIED, TRADITIONAL);
    Some(if traditional > simplified { "zh-TW" } else { "zh-CN" })
}

/// The percentage of subjects of the form `type(scope): description`, without merges and reverts; `None` below 10
/// subjects.
pub(super) fn conventional_percent<'a>(subjects: impl Iterator<Item = &'a str>) -> Option<usize> {
    let by_hand = subjects.filter(|it| !it.starts_with("Merge ") && !it.starts_with("Revert "));
    let (mut all, mut conventional) = (0, 0);
    for subject in by_hand {
        all += 1;
        conventional += usize::from(is_conventional(subject));
    }
    (all >= 10).then(|| conventional * 100 / all)
}

fn is_conventional(subject: &str) -> bool {
    let Some((head, title)) = subject.split_once([':', '：']) else { return false };
    let head = head.trim().trim_end_matches('!');
    let kind = match head.split_once('(') {
        Some((kind, scope)) if scope.ends_with(')') => kind,
        Some(_) => return false,
        None => head,
    };
    let word = !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    word && kind.len() <= 16 && !title.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale_of(subjects: &[&str]) -> Option<&'static str> {
        locale(subjects.iter().copied())
    }

    #[test]
    fn locale_is_detected_from_the_script() {
        assert_eq!(locale_of(&["feat: 新增匯出檔案", "修正登入時的錯誤", "fix typo"]), Some("zh-TW"));
        assert_eq!(locale_of(&["feat: 新增导出文件", "修复登录时的错误"]), Some("zh-CN"));
        assert_eq!(locale_of(&["feat: エラーを修正", "ログを追加", "修正"]), Some("ja"));
        assert_eq!(locale_of(&["feat: add", "fix: 錯誤"]), None);
        assert_eq!(locale_of(&[]), None);
    }

    #[test]
    fn conventional_percent_ignores_merges() {
        let mut subjects = vec!["Merge branch 'x'"; 20];
        subjects.extend(["feat(api)!: x", "fix: y", "fix：z", "Update readme", "feat(: a"]);
        subjects.extend(["docs: a"; 5]);
        assert_eq!(conventional_percent(subjects.into_iter()), Some(80));
        assert_eq!(conventional_percent(["feat: x"].into_iter()), None);
    }
}
