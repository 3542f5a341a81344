"""The README's table of policies is the one in force."""

from pathlib import Path

from services.orchestrator import policies

README = Path(policies.__file__).with_name("README.md")


def test_the_readme_repeats_the_policies() -> None:
    rows = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in README.read_text().splitlines()]
    documented = {row[0]: row[1:5] for row in rows if row and row[0] in policies.POLICIES}

    assert documented == {
        name: [
            f"{policy.timeout_s:g} s",
            str(policy.attempts) if policy.attempts else "until it succeeds",
            f"{policy.first_wait_s:g} s",
            f"{policy.longest_wait_s:g} s",
        ]
        for name, policy in policies.POLICIES.items()
    }
