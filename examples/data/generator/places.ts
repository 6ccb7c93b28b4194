/** Brazil's geography for a marketplace: cities, their coordinates, and their zip code prefixes. */
import { createRandom, hashOf } from "./random.ts";

export interface City {
  readonly name: string;
  /** Spelled with accents. */
  readonly accented: string;
  readonly state: string;
  readonly latitude: number;
  readonly longitude: number;
  /** The first of its zip code prefixes, and their number. */
  readonly zipFrom: number;
  readonly zips: number;
}

export interface Zip {
  readonly prefix: string;
  readonly city: City;
}

function city(
  accented: string,
  state: string,
  latitude: number,
  longitude: number,
  zipFrom: number,
  zips: number,
): City {
  const name = accented.normalize("NFD").replace(/\p{M}/gu, "");
  return { name, accented, state, latitude, longitude, zipFrom, zips };
}

/** The number of a city's prefixes is also its weight. */
const CITIES: readonly [City, ...City[]] = [
  city("são paulo", "SP", -23.55, -46.63, 1000, 4600),
  city("guarulhos", "SP", -23.45, -46.53, 7000, 400),
  city("campinas", "SP", -22.91, -47.06, 13000, 140),
  city("são bernardo do campo", "SP", -23.69, -46.56, 9600, 300),
  city("santo andré", "SP", -23.66, -46.53, 9000, 300),
  city("osasco", "SP", -23.53, -46.79, 6000, 300),
  city("ribeirão preto", "SP", -21.18, -47.81, 14000, 115),
  city("sorocaba", "SP", -23.5, -47.46, 18000, 110),
  city("santos", "SP", -23.96, -46.33, 11000, 100),
  city("são josé dos campos", "SP", -23.18, -45.89, 12200, 50),
  city("santa bárbara d'oeste", "SP", -22.75, -47.41, 13450, 10),
  city("mogi-guaçu", "SP", -22.37, -46.94, 13840, 10),
  city("rio de janeiro", "RJ", -22.91, -43.17, 20000, 2100),
  city("niterói", "RJ", -22.88, -43.1, 24000, 400),
  city("duque de caxias", "RJ", -22.79, -43.31, 25000, 300),
  city("nova iguaçu", "RJ", -22.76, -43.45, 26000, 300),
  city("belo horizonte", "MG", -19.92, -43.94, 30000, 1500),
  city("contagem", "MG", -19.93, -44.05, 32000, 300),
  city("juiz de fora", "MG", -21.76, -43.35, 36000, 100),
  city("uberlândia", "MG", -18.92, -48.28, 38400, 16),
  city("porto alegre", "RS", -30.03, -51.23, 90000, 900),
  city("caxias do sul", "RS", -29.17, -51.18, 95000, 125),
  city("pelotas", "RS", -31.77, -52.34, 96000, 100),
  city("curitiba", "PR", -25.43, -49.27, 80000, 900),
  city("londrina", "PR", -23.31, -51.16, 86000, 100),
  city("maringá", "PR", -23.42, -51.94, 87000, 100),
  city("florianópolis", "SC", -27.59, -48.55, 88000, 100),
  city("joinville", "SC", -26.3, -48.85, 89200, 40),
  city("blumenau", "SC", -26.92, -49.07, 89000, 100),
  city("salvador", "BA", -12.97, -38.5, 40000, 700),
  city("feira de santana", "BA", -12.27, -38.97, 44000, 100),
  city("brasília", "DF", -15.79, -47.88, 70000, 500),
  city("goiânia", "GO", -16.69, -49.26, 74000, 400),
  city("vitória", "ES", -20.32, -40.34, 29000, 100),
  city("vila velha", "ES", -20.33, -40.29, 29100, 130),
  city("recife", "PE", -8.05, -34.88, 50000, 400),
  city("olinda", "PE", -8.01, -34.86, 53000, 100),
  city("fortaleza", "CE", -3.73, -38.53, 60000, 450),
  city("belém", "PA", -1.46, -48.49, 66000, 300),
  city("são luís", "MA", -2.53, -44.3, 65000, 110),
  city("cuiabá", "MT", -15.6, -56.1, 78000, 100),
  city("campo grande", "MS", -20.47, -54.62, 79000, 125),
  city("joão pessoa", "PB", -7.12, -34.86, 58000, 100),
  city("natal", "RN", -5.79, -35.21, 59000, 140),
  city("maceió", "AL", -9.65, -35.71, 57000, 100),
  city("teresina", "PI", -5.09, -42.8, 64000, 100),
  city("aracaju", "SE", -10.91, -37.07, 49000, 99),
  city("manaus", "AM", -3.12, -60.02, 69000, 110),
  city("porto velho", "RO", -8.76, -63.9, 76800, 35),
  city("palmas", "TO", -10.24, -48.35, 77000, 50),
  city("rio branco", "AC", -9.97, -67.81, 69900, 24),
  city("macapá", "AP", 0.03, -51.07, 68900, 12),
  city("boa vista", "RR", 2.82, -60.67, 69300, 40),
];

const weight = CITIES.reduce((sum, { zips }) => sum + zips, 0);
const ZIPS = hashOf("zip codes");

/** The zip code prefix with this number, the same for every table. */
export function zipCode(seed: number, number: number): Zip {
  const random = createRandom(seed, ZIPS, number);
  const city = cityAt(random.below(weight));
  return { prefix: String(city.zipFrom + random.below(city.zips)).padStart(5, "0"), city };
}

/** The city that contains this one of all prefixes. */
function cityAt(place: number): City {
  let before = 0;
  for (const city of CITIES) {
    before += city.zips;
    if (place < before) return city;
  }
  return CITIES[0];
}
