"""Links into the tenant's Autotask pages (API.md section 7: ExecuteCommand)."""

from __future__ import annotations

from dataclasses import dataclass

COMMAND = "Autotask/AutotaskExtend/ExecuteCommand.aspx?Code="


@dataclass(frozen=True)
class Links:
    """Makes links under the tenant's web address; without one there are no links."""

    web_url: str | None

    def company(self, company_id: int | None) -> str | None:
        """The page of a company."""
        return self._command("OpenAccount&AccountID=", company_id)

    def opportunity(self, opportunity_id: int | None) -> str | None:
        """The page of an opportunity."""
        return self._command("OpenOpportunity&OpportunityID=", opportunity_id)

    def activity(self, company_id: int | None, opportunity_id: int | None) -> str | None:
        """The opportunity an activity belongs to, else its company: activities have no page of their own."""
        return self.opportunity(opportunity_id) or self.company(company_id)

    def _command(self, code: str, record_id: int | None) -> str | None:
        if not self.web_url or record_id is None:
            return None
        return f"{self.web_url.rstrip('/')}/{COMMAND}{code}{record_id}"
