"""The access table: every route of the house, and who may take it.

One line a method and path. The last word is `anybody`, `every role`, the roles in the order of `Role`, or
`key:` and the kinds of organisations whose API key opens it. Review it as one reviews a contract.
"""

Line = tuple[str, str, str]

LINES: tuple[Line, ...] = (
    ("GET", "/healthz", "anybody"),
    ("GET", "/readyz", "anybody"),
    ("GET", "/metrics", "anybody"),
    ("GET", "/", "anybody"),
    ("GET", "/accessibilite", "anybody"),
    ("GET", "/confidentialite", "anybody"),
    ("GET", "/mentions-legales", "anybody"),
    ("GET", "/connexion", "anybody"),
    ("POST", "/connexion", "anybody"),
    ("GET", "/connexion/espaces", "every role"),
    ("POST", "/connexion/espaces", "every role"),
    ("GET", "/deconnexion", "every role"),
    ("POST", "/deconnexion", "every role"),
    ("GET", "/mot-de-passe", "anybody"),
    ("POST", "/mot-de-passe", "anybody"),
    ("GET", "/mot-de-passe/{code}", "anybody"),
    ("POST", "/mot-de-passe/{code}", "anybody"),
    ("GET", "/invitation/{code}", "anybody"),
    ("POST", "/invitation/{code}", "anybody"),
    ("GET", "/accueil", "every role"),
    ("GET", "/compte", "every role"),
    ("POST", "/compte/langue", "every role"),
    ("POST", "/compte/mot-de-passe", "every role"),
    ("POST", "/compte/sessions", "every role"),
    ("GET", "/admin", "admin platform"),
    ("POST", "/admin", "admin platform"),
    ("GET", "/admin/comptes", "admin platform"),
    ("POST", "/admin/comptes", "admin platform"),
    ("POST", "/admin/comptes/{account:uuid}/fermer", "admin platform"),
    ("GET", "/admin/journal", "admin platform"),
    ("GET", "/imports", "platform provider"),
    ("POST", "/imports", "platform provider"),
    ("GET", "/imports/{id:uuid}", "platform provider"),
    ("POST", "/imports/{id:uuid}/confirmer", "platform provider"),
    ("GET", "/imports/{id:uuid}/rejets.csv", "platform provider"),
    ("GET", "/reclamations", "platform supervisor agent provider"),
    ("GET", "/reclamations/{number:int}", "platform supervisor agent provider"),
    ("POST", "/reclamations/{number:int}/accuse", "platform supervisor agent provider"),
    ("POST", "/reclamations/{number:int}/note", "platform supervisor agent provider"),
    ("POST", "/reclamations/{number:int}/solution", "platform supervisor agent provider"),
    ("POST", "/reclamations/{number:int}/avis", "platform supervisor agent"),
    ("POST", "/reclamations/{number:int}/souhait", "platform supervisor agent"),
    ("GET", "/indicateurs", "platform supervisor provider funder"),
    ("GET", "/indicateurs/{code}.csv", "platform supervisor provider funder"),
    ("GET", "/indicateurs/{code}", "platform supervisor provider funder"),
    ("GET", "/conventions", "platform supervisor provider funder"),
    ("GET", "/conventions/{code}", "platform supervisor provider funder"),
    ("GET", "/observatoire", "platform supervisor observer"),
    ("GET", "/api/v1/openapi.json", "anybody"),
    ("POST", "/api/v1/interventions", "key: provider"),
    ("GET", "/api/v1/figures", "key: provider funder observer"),
    ("GET", "/s/{token}", "anybody"),
    ("GET", "/s/{token}/{number:int}", "anybody"),
    ("POST", "/s/{token}/{number:int}", "anybody"),
    ("GET", "/s/{token}/souhait", "anybody"),
    ("POST", "/s/{token}/souhait", "anybody"),
    ("GET", "/s/{token}/rappel", "anybody"),
    ("POST", "/s/{token}/rappel", "anybody"),
    ("GET", "/s/{token}/merci", "anybody"),
    ("GET", "/s/{token}/stop", "anybody"),
    ("POST", "/s/{token}/stop", "anybody"),
)

# What a parameter of a path holds when the table is driven: nothing of the kind exists.
PARAMETERS = {
    "code": "GLOB",
    "number": "1",
    "token": "0123456789AB",
}
UNKNOWN_ID = "0190aaaa-0000-7000-8000-00000000dead"
