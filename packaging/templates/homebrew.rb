class Tidings < Formula
  desc "{{short}}"
  homepage "{{homepage}}"
  version "{{version}}"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "{{download}}/tidings-v{{version}}-aarch64-apple-darwin.tar.gz"
      sha256 "{{sha256_aarch64_apple_darwin}}"
    end
    on_intel do
      url "{{download}}/tidings-v{{version}}-x86_64-apple-darwin.tar.gz"
      sha256 "{{sha256_x86_64_apple_darwin}}"
    end
  end

  on_linux do
    on_arm do
      url "{{download}}/tidings-v{{version}}-aarch64-unknown-linux-gnu.tar.gz"
      sha256 "{{sha256_aarch64_unknown_linux_gnu}}"
    end
    on_intel do
      url "{{download}}/tidings-v{{version}}-x86_64-unknown-linux-gnu.tar.gz"
      sha256 "{{sha256_x86_64_unknown_linux_gnu}}"
    end
  end

  def install
    bin.install "tidings"
    generate_completions_from_executable(bin/"tidings", "completions")
    (man1/"tidings.1").write Utils.safe_popen_read(bin/"tidings", "man")
  end

  test do
    system "git", "init", "--quiet"
    system "git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--allow-empty", "--message", "feat: start"
    assert_match "start", shell_output("#{bin}/tidings notes --format text")
  end
end
