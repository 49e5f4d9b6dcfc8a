"""Five XLSForms as teams write them, with what is said of each: nothing else may be lost."""

# ruff: noqa: E501 (a row of a table is one line)

from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    """A form, what is said of it (sheet, row, column), and the traits of questions that are lost with it."""

    text: str
    said: tuple[str, ...] = ()
    lost: frozenset[tuple[str, str]] = frozenset()
    dropped: frozenset[str] = frozenset()


# A yearly inquiry of a home-help service: one language, groups, a scale of its own, an exclusive choice.
ENQUETE_ANNUELLE = Written(
    """
| survey |
| type | name | label | hint | required | relevant | constraint | constraint_message | appearance |
| note | accueil | Bonjour, cette enquête prend cinq minutes. | | | | | | |
| select_one satisfaction | ensemble | Êtes-vous satisfait de votre service ? | Pensez à l’année entière. | yes | | | | likert |
| begin_group | horaires | Les horaires | | | | | | |
| select_one oui_non | retard | Y a-t-il eu des retards ? | | yes | | | | |
| integer | nb_retards | Combien de fois par mois ? | | | ${retard} = 'oui' | . >= 1 and . <= 31 | Entre 1 et 31. | |
| begin_group | prevenu | | | | ${nb_retards} >= 3 | | | |
| select_one oui_non | appel | Étiez-vous prévenu ? | | | ${retard} != 'non' | | | |
| end_group | | | | | | | | |
| end_group | | | | | | | | |
| select_multiple besoins | besoins | De quoi avez-vous besoin ? | | | ${ensemble} <= 3 or ${appel} = 'non' | not(selected(., 'aucun') and count-selected(.) > 1) | | |
| text | autre | Lesquels ? | En quelques mots. | | selected(${besoins}, 'autre') | | | |
| choices |
| list_name | name | label |
| satisfaction | 1 | Pas du tout |
| satisfaction | 2 | Plutôt pas |
| satisfaction | 3 | Moyennement |
| satisfaction | 4 | Plutôt |
| satisfaction | 5 | Tout à fait |
| oui_non | oui | Oui |
| oui_non | non | Non |
| besoins | menage | Ménage |
| besoins | repas | Repas |
| besoins | autre | Autre chose |
| besoins | aucun | Rien de plus |
| settings |
| form_title | form_id | version |
| Enquête annuelle | enquete_annuelle | 3 |
""",
    said=("survey 1 appearance", "survey 2 type", "survey 3 type", "survey 4 label"),
)

# A visit of assessment: two languages in columns, metadata, dates, bounds, nested conditions, guidance.
EVALUATION = Written(
    """
| survey |
| type | name | label::Français (fr) | label::English (en) | guidance_hint::Français (fr) | required | relevant | constraint | constraint_message::Français (fr) | constraint_message::English (en) |
| start | debut | | | | | | | | |
| end | fin | | | | | | | | |
| deviceid | appareil | | | | | | | | |
| select_one lieu | lieu | Où habite la personne ? | Where does the person live? | Ne pas lire les réponses. | true() | | | | |
| date | naissance | Sa date de naissance ? | Date of birth? | | yes | | . <= today() and . > date('1900-01-01') | Une date passée. | A past date. |
| date | entree | Son entrée en établissement ? | Admission to the home? | | | ${lieu} = 'etablissement' | . >= ${naissance} | Après la naissance. | |
| integer | personnes | Combien de personnes au domicile ? | How many people at home? | | | not(${lieu} = 'etablissement') | . > 0 and . < 20 | | |
| decimal | heures | Combien d’heures d’aide par jour ? | How many hours of help a day? | | | ${personnes} != 1 and ${personnes} != '' | . >= 0.5 and . <= 24 | | |
| select_multiple aides | aides | Quelles aides ? | Which help? | | | ${heures} > 0.5 or ${entree} < date('2020-01-01') | selected(., 'toilette') or count-selected(.) >= 1 | | |
| text | remarques | Des remarques ? | Any remark? | | | ${aides} != '' and not(selected(${aides}, 'repas') and ${heures} = 1) | | | |
| choices |
| list_name | name | label::Français (fr) | label::English (en) |
| lieu | seul | Seule, chez elle | Alone, at home |
| lieu | famille | En famille | With family |
| lieu | etablissement | En établissement | In a home |
| aides | toilette | Toilette | Washing |
| aides | repas | Repas | Meals |
| aides | courses | Courses | Shopping |
| settings |
| form_title | form_id | version | default_language |
| Évaluation à domicile | evaluation | 12 | Français (fr) |
""",
    said=(
        "survey 2 type",
        "survey 3 type",
        "survey 4 type",
        "survey 10 constraint",
        "survey 10 constraint",
    ),
    lost=frozenset({("aides", "constraint")}),
)

# A form made in Kobo: numbered answers, 98 and 99, technical columns, capitals, a language named plainly.
KOBO = Written(
    """
| survey |
| type | name | label::French | label::English | required | relevant | constraint | $kuid | parameters |
| select_one pb4da | Q1_acces | Avez-vous accès à l’eau ? | Do you have access to water? | TRUE | | | aa1 | |
| select_one source | Q2_source | D’où vient-elle ? | Where from? | TRUE | ${Q1_acces} = '1' | | aa2 | randomize=true |
| integer | Q3_minutes | À combien de minutes ? | How many minutes away? | FALSE | ${Q2_source} != '98' and ${Q2_source} < 4 | . >= 0 | aa3 | |
| select_multiple usage | Q4_usages | Pour quoi faire ? | What for? | FALSE | ${Q3_minutes} > 30 or ${Q1_acces} = 0 | (selected(., '99') and count-selected(.) = 1) or not(selected(., '99')) | aa4 | |
| begin_group | g5 | | | | selected(${Q4_usages}, '1') | | aa5 | |
| select_one pb4da | Q5_bouillie | La faites-vous bouillir ? | Do you boil it? | FALSE | ${Q1_acces} != '' | | aa6 | |
| text | Q6_raison | Pourquoi ? | Why? | FALSE | ${Q5_bouillie} = 0 or ${Q5_bouillie} = '98' | | aa7 | |
| end_group | | | | | | | aa8 | |
| choices |
| list_name | name | label::French | label::English |
| pb4da | 1 | Oui | Yes |
| pb4da | 0 | Non | No |
| pb4da | 98 | Ne sait pas | Does not know |
| source | 1 | Robinet | Tap |
| source | 2 | Puits | Well |
| source | 3 | Rivière | River |
| source | 4 | Citerne | Tank |
| source | 98 | Ne sait pas | Does not know |
| usage | 1 | Boire | Drinking |
| usage | 2 | Laver | Washing |
| usage | 99 | Rien | Nothing |
| settings |
| form_title | form_id | version | id_string | style |
| Accès à l’eau | acces_eau | 7 | aXy12 | theme-grid |
""",
    said=(
        "survey 1 $kuid",
        "survey 1 parameters",
        *(f"survey {row} name" for row in (2, 3, 4, 5, 7, 8)),
        "settings 1 id_string",
        "settings 1 style",
    ),
)

# After a visit, 0 to 10: piped facts, three languages of which one is partial, yes or no in the standard words.
RECOMMANDATION = Written(
    """
| survey |
| type | name | label::English (en) | label::Français (fr) | label::Español (es) | hint::Français (fr) | required | relevant | calculation |
| hidden | organisme | | | | | | | |
| hidden | jour | | | | | | | |
| calculate | duree | | | | | | | 2 * 30 |
| select_one nps | nps | Would you recommend ${organisme}? | Conseilleriez-vous ${organisme} ? | ¿Recomendaría ${organisme}? | Après la visite du ${jour}. | yes | |
| geopoint | ou | Where are you? | Où êtes-vous ? | | | | |
| image | photo | A photo? | Une photo ? | | | | |
| select_one on | rappel | Shall we call you back? | Faut-il vous rappeler ? | ¿Le llamamos? | | | ${nps} < 7 |
| begin_repeat | visites | Visits | Visites | | | | |
| date | jour_visite | Day | Jour | | | | |
| text | avis_visite | Opinion | Avis | | | | |
| end_repeat | | | | | | | |
| text | pourquoi | Why? | Pourquoi ? | | | | ${nps} >= 9 or (${rappel} = 'yes' and ${nps} != 0) |
| choices |
| list_name | name | label::English (en) | label::Français (fr) | label::Español (es) |
"""
    + "".join(f"| nps | {mark} | {mark} | {mark} | {mark} |\n" for mark in range(11))
    + """
| on | yes | Yes | Oui | Sí |
| on | no | No | Non | No |
| settings |
| form_title | form_id | version | default_language |
| Recommandation | recommandation | 1 | Français (fr) |
""".lstrip(),
    said=("survey 4 type", "survey 6 type", "survey 7 type", "survey 9 type"),
    dropped=frozenset({"ou", "photo"}),
)

# A form of an association, by hand: free spellings of types and headings, messages, defaults, « or other ».
ASSOCIATION = Written(
    """
| survey |
| type | name | caption | hint | required | relevance | constraint | constraint message | default |
| select one from oui_non | venue | L’aide est-elle venue ? | | yes | | | | oui |
| note | x | Merci. | | | | | | |
| select all that apply from taches | taches | Qu’a-t-elle fait ? | Plusieurs réponses. | | ${venue}='oui' | count-selected(.) < 2 or not(selected(.,'rien') or selected(.,'nsp')) | « Rien » est seul. | |
| int | minutes | Combien de minutes ? | | | selected(${taches},'menage') and not(selected(${taches},'repas')) | (. > 0) and (. <= 600) and . != 13 | Entre 1 et 600. | 60 |
| select1 mieux | mieux | Est-ce mieux qu’avant ? | | | string-length(${venue}) > 0 | | | |
| string | mot | Un mot ? | | no | (${mieux} = "moins" or ${minutes} < 15) and ${taches} != "" | | | |
| choices |
| list name | name | label |
| oui_non | oui | Oui |
| oui_non | non | Non |
| taches | menage | Ménage |
| taches | repas | Repas |
| taches | rien | Rien |
| taches | nsp | Je ne sais pas |
| mieux | plus | Mieux |
| mieux | pareil | Pareil |
| mieux | moins | Moins bien |
| settings |
| form_title | form_id |
| Venue de l’aide | venue |
""",
    said=("survey 2 default", "survey 3 type", "survey 4 constraint message", "survey 5 default"),
    lost=frozenset({("taches", "message")}),
)

FORMS = {
    "enquete_annuelle": ENQUETE_ANNUELLE,
    "evaluation": EVALUATION,
    "kobo": KOBO,
    "recommandation": RECOMMANDATION,
    "association": ASSOCIATION,
}
