"""The names and the towns that clients of the story are given, and the territories of Hérault (data)."""

WOMEN = (
    *("Jeanne", "Paulette", "Yvette", "Simone", "Odette", "Ginette", "Monique", "Denise", "Huguette"),
    *("Josette", "Colette", "Andrée", "Lucienne", "Raymonde", "Marcelle", "Renée", "Suzanne", "Arlette"),
    *("Claudine", "Nicole", "Françoise", "Mireille", "Danielle", "Éliane", "Fatima", "Carmen", "Maria"),
)
MEN = (
    *("André", "Marcel", "Robert", "Roger", "Pierre", "Jean", "Henri", "Georges", "Louis", "Maurice"),
    *("Raymond", "Claude", "René", "Michel", "Gérard", "Antonio", "Ahmed", "Lucien", "Émile", "Gilbert"),
)
FAMILIES = (
    *("Martinez", "Garcia", "Vidal", "Roussel", "Fabre", "Sanchez", "Durand", "Lopez", "Blanc", "Roux"),
    *("Bonnet", "Arnaud", "Pages", "Cros", "Castan", "Mas", "Bousquet", "Rouquette", "Cazals", "Granier"),
    *("Teissier", "Valette", "Gely", "Sicard", "Combes", "Boyer", "Causse", "Delmas", "Fournier", "Galtier"),
    *("Jourdan", "Lafont", "Maurin", "Nougaret", "Olivier", "Pujol", "Quet", "Reboul", "Serres", "Tarral"),
    *("Vabre", "Viala", "Azaïs", "Barral", "Carrière", "Donnadieu", "Espinasse", "Foulquier", "Guiraud"),
    *("Hérail", "Izard", "Julien", "Lavit", "Molinier", "Navarro", "Ortega", "Perez", "Ramos", "Soler"),
)
RELATIVES = ("Claire", "Sylvie", "Nathalie", "Laurent", "Philippe", "Karine", "Thierry", "Valérie")
TOWNS = {
    "34": (
        *(("34000", "Montpellier"), ("34080", "Montpellier"), ("34500", "Béziers"), ("34200", "Sète")),
        *(("34400", "Lunel"), ("34110", "Frontignan"), ("34300", "Agde"), ("34700", "Lodève")),
        *(("34120", "Pézenas"), ("34190", "Ganges"), ("34600", "Bédarieux")),
        ("34220", "Saint-Pons-de-Thomières"),
    ),
    "30": (
        *(("30000", "Nîmes"), ("30900", "Nîmes"), ("30100", "Alès"), ("30200", "Bagnols-sur-Cèze")),
        *(("30700", "Uzès"), ("30120", "Le Vigan"), ("30250", "Sommières"), ("30300", "Beaucaire")),
    ),
    "11": (
        *(("11000", "Carcassonne"), ("11100", "Narbonne"), ("11400", "Castelnaudary"), ("11300", "Limoux")),
        *(("11200", "Lézignan-Corbières"), ("11130", "Sigean")),
    ),
    "12": (
        *(("12000", "Rodez"), ("12100", "Millau"), ("12200", "Villefranche-de-Rouergue")),
        *(("12400", "Saint-Affrique"), ("12300", "Decazeville"), ("12500", "Espalion")),
    ),
    "48": (
        *(("48000", "Mende"), ("48100", "Marvejols"), ("48300", "Langogne")),
        *(("48200", "Saint-Chély-d’Apcher"), ("48400", "Florac Trois Rivières")),
    ),
    "81": (
        *(("81000", "Albi"), ("81100", "Castres"), ("81200", "Mazamet"), ("81600", "Gaillac")),
        *(("81300", "Graulhet"), ("81400", "Carmaux")),
    ),
}
# Named for their main towns; those of Lunel and of Saint-Pons-de-Thomières are in none.
TERRITORIES = {
    "34": {
        "montpellier": ("Montpellier", ("34000", "34080")),
        "beziers": ("Béziers", ("34500", "34120")),
        "sete": ("Sète", ("34200", "34110", "34300")),
        "lodeve": ("Lodève", ("34700", "34190", "34600")),
    }
}
TERRITORY_OF = {
    postcode: code
    for territories in TERRITORIES.values()
    for code, (_name, postcodes) in territories.items()
    for postcode in postcodes
}
